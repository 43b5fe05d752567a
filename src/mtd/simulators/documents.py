"""A tax document as it can be fetched: its XML and a one-page PDF."""

from html import escape

from mtd.simulators.unit import Unit

PDF_LINES_MAX = 50


def as_xml(unit: Unit, folio: int) -> bytes:
    """The document's data in the outline of the SII's DTE; not stamped and not signed."""
    details = "".join(
        f"<Detalle><NroLinDet>{escape(line['line_no'])}</NroLinDet>"
        f"<NmbItem>{escape(line['description'])}</NmbItem>"
        f"<QtyItem>{escape(line['quantity'])}</QtyItem>"
        f"<MontoItem>{escape(line['amount'])}</MontoItem></Detalle>"
        for line in unit.lines
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><DTE version="1.0">'
        f'<Documento ID="T{unit.kind}F{folio}"><Encabezado>'
        f"<IdDoc><TipoDTE>{unit.kind}</TipoDTE><Folio>{folio}</Folio>"
        f"<FchEmis>{escape(unit.issued_on)}</FchEmis></IdDoc>"
        f"<Emisor><RUTEmisor>{escape(unit.issuer_rut)}</RUTEmisor></Emisor>"
        f"<Receptor><RUTRecep>{escape(unit.buyer_rut)}</RUTRecep>"
        f"<RznSocRecep>{escape(unit.buyer_name)}</RznSocRecep>"
        f"<GiroRecep>{escape(unit.business_line)}</GiroRecep>"
        f"<DirRecep>{escape(unit.address)}</DirRecep>"
        f"<CmnaRecep>{escape(unit.commune)}</CmnaRecep></Receptor>"
        f"<Totales><MntNeto>{unit.net}</MntNeto><MntExe>{unit.exempt}</MntExe>"
        f"<IVA>{unit.tax}</IVA><MntTotal>{unit.total}</MntTotal></Totales>"
        f"</Encabezado>{details}</Documento></DTE>"
    ).encode()


def as_pdf(unit: Unit, folio: int) -> bytes:
    """One page (PDF 1.4, ISO 32000-1 §7.5) with the document's head, lines and total."""
    lines = [
        f"DTE {unit.kind}  N. {folio}",
        f"Emisor {unit.issuer_rut}",
        f"Fecha {unit.issued_on}",
        *(f"{line['quantity']} x {line['description']}  {line['amount']}" for line in unit.lines),
        f"Total {unit.total}",
    ]
    shown = [_text(line) for line in lines[:PDF_LINES_MAX]]
    drawn = b"BT /F1 11 Tf 50 790 Td 14 TL " + b" T* ".join(shown) + b" ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
            b"/Resources<</Font<</F1 5 0 R>>>>>>"
        ),
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    return _file(objects)


def _text(line: str) -> bytes:
    escaped = line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return b"(" + escaped.encode("cp1252", "replace") + b") Tj"


def _file(objects: list[bytes]) -> bytes:
    """The objects, numbered from 1, with their cross-reference table."""
    written = b"%PDF-1.4\n"
    offsets: list[int] = []
    for n, content in enumerate(objects, 1):
        offsets.append(len(written))
        written += b"%d 0 obj%s\nendobj\n" % (n, content)
    entries = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return (
        written
        + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\n"
        % (
            size,
            entries,
            size,
        )
        + b"startxref\n%d\n%%%%EOF\n" % len(written)
    )
