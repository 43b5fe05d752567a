"""The upload's form (RFC 7578), as both channels want it."""

import re
from functools import lru_cache
from hashlib import sha256

import msgspec

from mtd.core.tax.countries.cl.xml import ENCODING

ENVELOPES_KEPT = 16
"""Each document of an envelope is asked after by itself: it is read once for all of them."""


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """A signed envelope on its way."""

    issuer: str
    """RUT of the company."""
    name: str
    """Of the file."""
    content: bytes
    documents: tuple["Identity", ...]
    """What is in it, in order."""


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What one document is asked after by."""

    issuer: str
    type_code: str
    folio: int
    buyer: str
    """RUT."""
    day: str
    """Of issue, ISO 8601."""
    total: int


def form(parcel: Parcel, sender: str) -> tuple[str, bytes]:
    """Content type and body; the same parcel makes the same bytes."""
    boundary = f"mtd{sha256(parcel.content).hexdigest()[:32]}"
    fields = zip(
        ("rutSender", "dvSender", "rutCompany", "dvCompany"),
        (*halves(sender), *halves(parcel.issuer)),
        strict=True,
    )
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields
    )
    file = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="archivo"; filename="{parcel.name}"'
        "\r\nContent-Type: text/xml\r\n\r\n"
    )
    tail = f"\r\n--{boundary}--\r\n"
    body = (head + file).encode(ENCODING) + parcel.content + tail.encode(ENCODING)
    return f"multipart/form-data; boundary={boundary}", body


def halves(rut: str) -> tuple[str, str]:
    """A RUT's number and its check digit."""
    number, _, digit = rut.partition("-")
    return number, digit


@lru_cache(ENVELOPES_KEPT)
def identities(issuer: str, content: bytes) -> tuple[Identity, ...]:
    """The documents in an envelope of ours, by what they are asked after with."""
    text = content.decode(ENCODING)
    return tuple(
        Identity(
            issuer=issuer,
            type_code=found["code"],
            folio=int(found["folio"]),
            buyer=found["buyer"],
            day=found["day"],
            total=int(found["total"]),
        )
        for found in _DOCUMENT.finditer(text)
    )


_DOCUMENT = re.compile(
    r"<TipoDTE>(?P<code>[0-9]+)</TipoDTE>\s*<Folio>(?P<folio>[0-9]+)</Folio>\s*"
    r"<FchEmis>(?P<day>[0-9-]+)</FchEmis>.*?<RUTRecep>(?P<buyer>[^<]*)</RUTRecep>"
    r".*?<MntTotal>(?P<total>[0-9]+)</MntTotal>",
    re.DOTALL,
)
"""The header of each document, as the canonical writer writes it."""
