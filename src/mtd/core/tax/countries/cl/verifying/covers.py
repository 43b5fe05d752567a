"""The envelope's cover: whether it counts what is there, and speaks of its issuer."""

from collections import Counter
from collections.abc import Iterator

from mtd.core.rut import plain_rut
from mtd.core.tax.countries.cl.verifying.filing import (
    BOLETAS,
    File,
    child_text,
    children,
    first,
)


def cover_faults(file: File) -> Iterator[str]:
    """What the cover (`Caratula`) says otherwise than the documents."""
    cover = first(first(file.root, "SetDTE"), "Caratula")
    if cover is None:
        yield "there is no Caratula"
        return
    there = Counter(document.type_code for document in file.documents)
    told: Counter[str] = Counter()
    for count in children(cover, "SubTotDTE"):
        number = child_text(count, "NroDTE")[:10]
        told[child_text(count, "TpoDTE")[:3]] += int(number) if number.isdecimal() else 0
    for code in sorted(there | told):
        if told[code] != there[code]:
            yield f"counts {told[code]} documents of type {code}; there are {there[code]}"
    issuer = child_text(cover, "RutEmisor")
    for tag in ("RutEmisor", "RutEnvia", "RutReceptor"):
        if plain_rut(child_text(cover, tag)) is None:
            yield f"{tag} is no RUT"
    for document in file.documents:
        if document.issuer != issuer:
            yield f"is of {issuer[:12]}, but holds {document.subject}"
    yield from _doubles(file)
    boletas = sum(there[code] for code in BOLETAS)
    if (file.envelope == "EnvioBOLETA") != (boletas == len(file.documents)) and (
        boletas or file.envelope == "EnvioBOLETA"
    ):
        yield f"an {file.envelope} holds {boletas} boletas of {len(file.documents)} documents"


def _doubles(file: File) -> Iterator[str]:
    seen = Counter((document.type_code, document.folio) for document in file.documents)
    for (code, folio), times in seen.items():
        if times > 1:
            yield f"holds the folio {folio} of type {code} {times} times"
