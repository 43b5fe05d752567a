"""The zip that a document travels in, and the one that its receipt comes back in."""

import binascii
import io
import zipfile
from base64 import b64decode, b64encode

RECEIPT_MAX_BYTES = 1_000_000
"""A receipt has a few kilobytes; what unpacks to more than this is no receipt."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""A zip's first moment: the same document makes the same bytes."""


def packed(name: str, content: bytes) -> str:
    """The document as `name`.xml in a zip, in base64; the same arguments, the same text."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(f"{name}.xml", _EPOCH)
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, content)
    return b64encode(into.getvalue()).decode()


def unpacked(text: str) -> bytes | None:
    """The receipt's XML: the zip's only file that is one; None when there is none to be read."""
    try:
        content = b64decode("".join(text.split()), validate=True)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found = [each for each in archive.infolist() if each.filename.lower().endswith(".xml")]
            if len(found) != 1 or found[0].file_size > RECEIPT_MAX_BYTES:
                return None
            with archive.open(found[0]) as file:
                unzipped = file.read(RECEIPT_MAX_BYTES + 1)
    except (binascii.Error, zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError):
        return None
    return unzipped if len(unzipped) <= RECEIPT_MAX_BYTES else None
