"""The document as HTML for a mail: tables and inline style, which is what mail readers draw."""

from html import escape

from mtd.core.tax.countries.pe.rendering.printed import Item, Printed

_FONT = "font-family:Helvetica,Arial,sans-serif;color:#21262e"
_CELL = "padding:6px 8px;border-bottom:1px solid #e3e6ea;font-size:13px"
_RIGHT = f"{_CELL};text-align:right;white-space:nowrap"
_FAINT = "padding:2px 12px 2px 0;font-size:12px;color:#6b7280"


def page(document: Printed) -> str:
    """A whole HTML document; every value is escaped, nothing is loaded from anywhere."""
    title = f"{document.title} {document.number}"
    said = "<br>".join(map(escape, document.issuer[1:]))
    name = escape(document.issuer[0]) if document.issuer else ""
    facts = "".join(map(_fact, document.facts))
    items = "".join(map(_item, document.items))
    totals = "".join(map(_total, document.totals))
    return (
        '<!DOCTYPE html><html lang="es-PE"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title></head>"
        f'<body style="margin:0;background:#f6f7f9;{_FONT}">'
        '<table role="presentation" align="center" width="640" style="max-width:640px;width:100%;'
        'background:#ffffff;margin:16px auto"><tr><td style="padding:24px">'
        '<p style="font-size:12px;color:#6b7280">'
        f'<strong style="font-size:18px;color:#21262e">{name}</strong><br>{said}</p>'
        '<p style="border:2px solid #21262e;text-align:center;font-weight:bold;padding:10px">'
        f"R.U.C. {escape(document.ruc)}<br>{escape(document.title.upper())}<br>"
        f"{escape(document.number)}</p>"
        f'<table role="presentation" style="margin:12px 0">{facts}</table>'
        f'<table width="100%" cellspacing="0" style="border-collapse:collapse">{items}</table>'
        f'<table role="presentation" align="right" style="margin-top:14px">{totals}</table>'
        f'<p style="clear:both;font-size:12px">{escape(document.words)}</p>'
        f'<p style="font-size:11px;color:#6b7280">Valor resumen: {escape(document.digest)}</p>'
        "</td></tr></table></body></html>"
    )


def _fact(fact: tuple[str, str]) -> str:
    label, text = fact
    return (
        f'<tr><td style="{_FAINT}">{escape(label)}</td>'
        f'<td style="font-size:13px">{escape(text)}</td></tr>'
    )


def _item(item: Item) -> str:
    return (
        f'<tr><td style="{_CELL}">{escape(item.name)}</td>'
        f'<td style="{_RIGHT}">{escape(f"{item.quantity} {item.unit}")}</td>'
        f'<td style="{_RIGHT}">{escape(item.price)}</td>'
        f'<td style="{_RIGHT}">{escape(item.amount)}</td></tr>'
    )


def _total(total: tuple[str, str]) -> str:
    label, amount = total
    return (
        f'<tr><td style="{_FAINT}">{escape(label)}</td>'
        f'<td style="text-align:right;font-size:14px">{escape(amount)}</td></tr>'
    )
