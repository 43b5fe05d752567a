"""A letter as the bytes of a message (RFC 5322, RFC 2045-2049)."""

from base64 import b64encode
from binascii import b2a_qp
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime, formataddr
from hashlib import sha256

from mtd.connectors.wire import Artifact

LINE_LENGTH = 76
LINE_BYTES = 57
"""Of an enclosure in one line of Base64 (RFC 2045 §6.8)."""
WORD_BYTES = 42
"""Bytes of UTF-8 in one encoded word, which is at most 75 characters (RFC 2047 §2)."""


def message_id(key: str, domain: str) -> str:
    """The id that the same step always has, without its angle brackets."""
    return f"{sha256(key.encode()).hexdigest()[:40]}@{domain}"


def message(
    *,
    sender: tuple[str, str],
    recipient: tuple[str, str],
    subject: str,
    mail_id: str,
    at: datetime,
    headers: Mapping[str, str],
    plain: str,
    html: str | None,
    enclosed: Sequence[Artifact] = (),
) -> bytes:
    """The message; `sender` and `recipient` are name and address, in UTF-8 where needed.

    The same arguments make the same bytes.
    """
    head = {
        "From": _mailbox(*sender),
        "To": _mailbox(*recipient),
        "Subject": _encoded(subject),
        "Date": format_datetime(at),
        "Message-ID": f"<{mail_id}>",
        "MIME-Version": "1.0",
        "Auto-Submitted": "auto-generated",
        **{name: _encoded(value) for name, value in headers.items()},
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    body = _part("text/plain", plain)
    if html is not None:
        body = _joined("alternative", f"{mail_id} text", [body, _part("text/html", html)])
    if enclosed:
        body = _joined("mixed", mail_id, [body, *map(_enclosure, enclosed)])
    return lines.encode() + body


def _joined(kind: str, of: str, parts: Sequence[bytes]) -> bytes:
    """Parts in one (RFC 2046 §5.1); what divides them depends on `of` alone."""
    border = f"=_{sha256(of.encode()).hexdigest()[:24]}"
    head = f'Content-Type: multipart/{kind}; boundary="{border}"\r\n\r\n'
    divided = b"".join(f"--{border}\r\n".encode() + part + b"\r\n" for part in parts)
    return head.encode() + divided + f"--{border}--\r\n".encode()


def _part(kind: str, text: str) -> bytes:
    head = (
        f"Content-Type: {kind}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    unix = text.replace("\r\n", "\n").encode()
    return head.encode() + b2a_qp(unix, istext=True).replace(b"\n", b"\r\n")


def _enclosure(one: Artifact) -> bytes:
    """An attachment (RFC 2183), in Base64; its name is ours and plain."""
    head = (
        f"Content-Type: {one.media_type}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: attachment; filename="{one.name}"\r\n\r\n'
    )
    pieces = range(0, len(one.content), LINE_BYTES)
    lines = (b64encode(one.content[first : first + LINE_BYTES]) for first in pieces)
    return head.encode() + b"\r\n".join(lines)


def _encoded(text: str) -> str:
    """A header's value; beyond ASCII, or too long for a line, as encoded words (RFC 2047)."""
    line = " ".join(text.split())
    if line.isascii() and len(line) < LINE_LENGTH:
        return line
    words: list[bytes] = [b""]
    for character in line:
        piece = character.encode()
        if len(words[-1]) + len(piece) > WORD_BYTES:
            words.append(b"")
        words[-1] += piece
    return "\r\n ".join(f"=?utf-8?B?{b64encode(word).decode()}?=" for word in words)


def _mailbox(name: str, address: str) -> str:
    """A name, quoted or encoded as it needs, and its address (RFC 5322 §3.4)."""
    plain = name.isascii() and len(name) + len(address) < LINE_LENGTH
    return formataddr((name, address)) if plain else f"{_encoded(name)}\r\n <{address}>"
