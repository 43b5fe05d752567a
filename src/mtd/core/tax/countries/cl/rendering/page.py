"""The document as HTML for a mail: tables and inline style, which is what mail readers draw."""

from html import escape

from mtd.core.tax.countries.cl.rendering.printed import Item, Look, Printed

_FONT = "font-family:Helvetica,Arial,sans-serif;color:#21262e"
_CELL = "padding:6px 8px;border-bottom:1px solid #e3e6ea;font-size:13px"
_RIGHT = f"{_CELL};text-align:right;white-space:nowrap"
_HEAD = "padding:6px 8px;background:#f1f2f5;font-size:11px;color:#6b7280;text-align:left"


def page(document: Printed, look: Look) -> str:
    """A whole HTML document; every value is escaped, nothing is loaded from anywhere."""
    name = escape(document.issuer[0]) if document.issuer else ""
    said = "<br>".join(map(escape, document.issuer[1:]))
    title = escape(document.title)
    return (
        '<!DOCTYPE html><html lang="es-CL"><head><meta charset="utf-8">'
        f"<title>{title} N° {escape(document.number)}</title></head>"
        f'<body style="margin:0;background:#f6f7f9;{_FONT}">'
        '<table role="presentation" align="center" cellpadding="0" cellspacing="0" width="640"'
        ' style="max-width:640px;width:100%;background:#ffffff;margin:16px auto">'
        '<tr><td style="padding:24px"><table role="presentation" width="100%"><tr>'
        '<td style="vertical-align:top;font-size:12px;color:#6b7280">'
        f'<strong style="font-size:18px;color:#21262e">{name}</strong><br>{said}</td>'
        '<td style="width:230px;vertical-align:top">'
        '<div style="border:3px solid #cc0d0d;color:#cc0d0d;text-align:center;font-weight:bold;'
        f'padding:10px;font-size:15px">R.U.T.: {escape(document.issuer_rut)}<br>{title}<br>'
        f"N° {escape(document.number)}</div>"
        '<div style="color:#cc0d0d;text-align:center;font-weight:bold;font-size:11px;'
        'padding-top:4px">'
        f"S.I.I. - {escape(look.sii_office.upper())}</div></td></tr></table>"
        f"{_facts(document)}{_items(document)}{_totals(document)}"
        "</td></tr></table></body></html>"
    )


def _facts(document: Printed) -> str:
    rows = (("Fecha de emisión", document.day), *document.facts)
    references = tuple(("Referencia", said) for said in document.references)
    cells = "".join(
        f'<tr><td style="padding:2px 8px 2px 0;font-size:12px;color:#6b7280;width:120px">'
        f'{escape(label)}</td><td style="padding:2px 0;font-size:13px">{escape(text)}</td></tr>'
        for label, text in (*rows, *references)
    )
    return f'<table role="presentation" width="100%" style="margin:18px 0">{cells}</table>'


def _items(document: Printed) -> str:
    heads = "".join(
        f'<th style="{_HEAD}{";text-align:right" if number else ""}">{name}</th>'
        for number, name in enumerate(("Descripción", "Cantidad", "Precio", "Valor"))
    )
    rows = "".join(map(_item, document.items))
    return (
        '<table width="100%" cellspacing="0" style="border-collapse:collapse">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _item(item: Item) -> str:
    detail = (
        f'<br><span style="font-size:11px;color:#6b7280">{escape(item.detail)}</span>'
        if item.detail
        else ""
    )
    moved = f'<br><span style="font-size:11px">{escape(item.moved)}</span>' if item.moved else ""
    amount = f"{item.amount} (E)" if item.exempt else item.amount
    return (
        f'<tr><td style="{_CELL}">{escape(item.name)}{detail}</td>'
        f'<td style="{_RIGHT}">{escape(f"{item.quantity} {item.unit}".strip())}</td>'
        f'<td style="{_RIGHT}">{escape(item.price)}{moved}</td>'
        f'<td style="{_RIGHT}">{escape(amount)}</td></tr>'
    )


def _totals(document: Printed) -> str:
    rows = (*document.moves, *document.totals)
    last = len(rows) - 1
    return (
        '<table role="presentation" align="right" style="margin-top:14px">'
        + "".join(
            f'<tr><td style="padding:3px 16px 3px 0;font-size:{16 if number == last else 13}px;'
            f'{"font-weight:bold" if number == last else "color:#6b7280"}">{escape(label)}</td>'
            f'<td style="padding:3px 0;text-align:right;font-size:{16 if number == last else 13}px;'
            f'{"font-weight:bold" if number == last else ""}">{escape(amount)}</td></tr>'
            for number, (label, amount) in enumerate(rows)
        )
        + "</table>"
    )
