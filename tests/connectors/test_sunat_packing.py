"""The zip that a document travels in, and the one of its receipt, which comes from strangers."""

import io
import zipfile
from base64 import b64encode

from mtd.connectors.sunat.packing import packed, unpacked


def zipped(**files: bytes) -> str:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.xml", content)
    return b64encode(into.getvalue()).decode()


def test_a_receipt_is_unpacked_within_bounds() -> None:
    assert unpacked(zipped(a=b"<a/>")) == b"<a/>"
    assert unpacked(packed("a", b"<a/>")) == b"<a/>"
    assert unpacked(zipped(a=b" " * 1_000_001)) is None
    assert unpacked(zipped(a=b"<a/>", b=b"<b/>")) is None
    assert unpacked(zipped()) is None
    assert unpacked("UEsDBA==") is None
    assert unpacked("not base64!") is None
