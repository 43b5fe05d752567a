"""Where the authority's schemas are, and the mark of tests that need them."""

import os
from pathlib import Path

import pytest

SCHEMAS = Path(
    os.environ.get("MTD_SII_SCHEMAS")
    or Path(__file__).resolve().parents[6] / "shared" / "dte" / "schemas"
)

needs_schemas = pytest.mark.skipif(
    not (SCHEMAS / "DTE_v10.xsd").is_file(),
    reason="the SII's schemas ../shared/dte/schemas (or MTD_SII_SCHEMAS) are not here",
)
