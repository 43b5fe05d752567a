"""Masking: no secret and no personal data is kept in clear in the evidence of an exchange."""

import re
from collections.abc import Iterable
from html import escape
from typing import Any, cast

from mtd.connectors.wire.exchange import BODY_KEPT_MAX
from mtd.core.orders.purchase_order import Address, PurchaseOrder

MASK = "***"
HIDDEN_MIN = 3
"""Shorter texts are in too many words to be looked for; their fields are masked by name."""
DEPTH_MAX = 16
CUTS = (40, 70, 100)
"""Lengths to which tax documents cut names and addresses (SII, Formato DTE v2.2)."""

SECRET_HEADERS = frozenset({"authorization", "cookie", "set-cookie", "proxy-authorization"})
_PERSONAL = (
    *("login", "password", "pass", "pwd", "secret", "token", "api_key", "authorization_code"),
    *("name", "full_name", "legal_name", "recipient", "customer", "email", "mail", "to", "phone"),
    *("tax_id", "rut", "buyer_rut", "street", "number", "unit", "postal_code", "address"),
    *("instrument", "card"),
)
"""Fields that are masked whatever they hold."""
_NAMES = f"(?:{'|'.join(f'[{n[0]}{n[0].upper()}](?i:{n[1:]})' for n in _PERSONAL)})"
"""Their names in any case; a class of letters first, by which most words are ruled out at once."""
_JSON_FIELD = re.compile(rf'("{_NAMES}"\s*:\s*")(?:[^"\\]|\\.)*+("|\\?\Z)')
_XML_FIELD = re.compile(rf"(<(?:[\w.-]+:)?({_NAMES})(?:\s[^<>]*)?>)[^<]*+(</|<?\Z)")
_QUERY_FIELD = re.compile(rf"([?&]{_NAMES}=)[^&#\s]+")
_LOCAL = r"[\w.!#$%&'*+/=?^`{|}~-]"
_EMAIL = re.compile(rf"(?<!{_LOCAL}){_LOCAL}{{1,254}}+@[\w-]{{1,63}}(?:\.[\w-]{{1,63}})+")
_RUT = re.compile(r"\b\d{1,2}\.?\d{3}\.?\d{3}-[\dkK]\b")
_CARD = re.compile(r"\b\d(?:[ -]?\d){12,18}\b")
_PACKED = re.compile(r">[A-Za-z0-9+/\s]{255,}+={0,2}(?=<|…?\Z)")
"""Bytes in base64 within XML: what is in them cannot be looked for, so they are not shown."""
_RULES = (
    (">", _PACKED, f">{MASK}"),
    ('"', _JSON_FIELD, rf"\g<1>{MASK}\g<2>"),
    ("<", _XML_FIELD, rf"\g<1>{MASK}\g<3>"),
    ("=", _QUERY_FIELD, rf"\g<1>{MASK}"),
    ("@", _EMAIL, MASK),
    ("-", _RUT, MASK),
)
"""What no match is without, what is masked, and by what."""


def masked(text: str, hidden: Iterable[str]) -> str:
    """`text`, at most BODY_KEPT_MAX characters of it, without what is secret or personal.

    Hidden is what `hidden` names, fields by their names in JSON and XML, and by their shapes
    e-mail addresses, RUTs and card numbers (ISO/IEC 7812-1 with its check digit).
    """
    values = list(hidden)
    if len(text) > BODY_KEPT_MAX:
        text = _cut(text[:BODY_KEPT_MAX], values)
    for value in values:
        text = text.replace(value, MASK)
    for needed, pattern, replacement in _RULES:
        if needed in text:
            text = pattern.sub(replacement, text)
    return _CARD.sub(_masked_card, text)


def masked_headers(headers: Iterable[tuple[str, str]], hidden: Iterable[str]) -> dict[str, str]:
    """Headers by name; those that carry credentials only by name."""
    values = list(hidden)
    return {
        name: MASK if name.lower() in SECRET_HEADERS else masked(value, values)
        for name, value in headers
    }


def personal(order: PurchaseOrder, inputs: dict[str, Any]) -> tuple[str, ...]:
    """What must not be kept in clear of `order` and of a step's inputs, longest first."""
    customer, document = order.customer, order.buyer_document
    found: list[str | None] = [
        customer.name,
        customer.email,
        customer.phone,
        customer.tax_id,
        document.tax_id,
        document.legal_name,
    ]
    for address in (customer.address, document.address, order.shipment.address):
        if address is not None:
            found += _of_address(address)
    for payment in order.payments:
        found += [payment.instrument, payment.authorization_code]
    found += _of_inputs(inputs)
    spelled = {form for value in found if value for form in _spellings(value)}
    return tuple(sorted(spelled, key=len, reverse=True))


def _of_address(address: Address) -> list[str]:
    numbered = f"{address.street} {address.number}" if address.number else address.street
    whole = f"{numbered}, {address.unit}" if address.unit else numbered
    return [whole, numbered, address.street]


def _of_inputs(inputs: dict[str, Any]) -> list[str]:
    """Texts below names of personal fields, such as what a person corrected."""
    found: list[str] = []
    waiting: list[tuple[int, str, Any]] = [(0, name, value) for name, value in inputs.items()]
    while waiting:  # bounded by DEPTH_MAX and the size of the inputs
        depth, name, value = waiting.pop()
        if isinstance(value, dict) and depth < DEPTH_MAX:
            members = cast("dict[str, Any]", value)
            waiting += [(depth + 1, key, member) for key, member in members.items()]
        elif isinstance(value, list) and depth < DEPTH_MAX:
            waiting += [(depth + 1, name, member) for member in cast("list[Any]", value)]
        elif isinstance(value, str) and name.lower() in _PERSONAL:
            found.append(value)
    return found


def _spellings(value: str) -> Iterable[str]:
    """The value as it may stand in JSON, in XML, in XML within XML, and cut to a field's length."""
    plain = [value, value.replace("|", " "), *(value[:cut].rstrip() for cut in CUTS)]
    for form in dict.fromkeys(plain):
        if len(form) < HIDDEN_MIN:
            continue
        yield form
        if not form.isalnum():
            once = escape(form)
            yield from (once, escape(once), escape(form, quote=False))
            yield form.replace("\\", "\\\\").replace('"', '\\"')


def _cut(text: str, hidden: list[str]) -> str:
    """`text` without what its end may have cut in two: a hidden value, or the last word."""
    for value in hidden:
        for length in range(min(len(value), len(text)) - 1, 0, -1):
            if text.endswith(value[:length]):
                text = text[:-length]
                break
    return re.sub(r"[\w.@+-]{1,254}\Z", "", text) + "…"


def _masked_card(found: re.Match[str]) -> str:
    digits = [int(each) for each in found[0] if each.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return MASK if (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0 else found[0]
