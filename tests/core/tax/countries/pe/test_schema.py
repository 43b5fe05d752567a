"""Every shape of document against OASIS's own UBL 2.1 schemas, where they are at hand."""

import os
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from tests.core.tax.countries.pe.asking import EVERY_SHAPE, sealed

SCHEMAS = Path(os.environ.get("MTD_UBL_SCHEMAS", "")) / "maindoc"

pytestmark = pytest.mark.skipif(
    not (SCHEMAS / "UBL-Invoice-2.1.xsd").is_file(),
    reason="MTD_UBL_SCHEMAS names no folder with UBL 2.1's xsd/maindoc and xsd/common",
)


@cache
def schema(root: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMAS / f"UBL-{root}-2.1.xsd"))


@pytest.mark.parametrize("shape", EVERY_SHAPE)
def test_a_document_is_ubl(shape: str) -> None:
    tree = etree.fromstring(sealed(EVERY_SHAPE[shape]).content)
    held = schema(etree.QName(tree).localname)
    assert held.validate(tree), held.error_log
