"""Dialects: the mappings that a customer's stores name, or an error that says where to look."""

from pathlib import Path

import msgspec
import pytest

from mtd.runtime.intake.dialects import dialects
from mtd.runtime.settings.parts import StoreSettings
from mtd.runtime.settings.settings import BadSettings
from tests.runtime.intake.place import ROOT, settings


def test_each_store_has_its_own() -> None:
    found = dialects(settings(), [ROOT / "nowhere", ROOT / "customers"])
    assert [mapping.name for mapping in found] == ["carters-2", "paris-1", "umbrale-1"]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("absent-1", None, "stores.paris.mapping: no absent-1.toml in "),
        ("bad-1", "store = ", "bad-1.toml: "),
        ("bad-2", "\x00", "bad-2.toml: "),
        ("carters-2", None, "is of store carters"),
    ],
)
def test_what_cannot_be_used_is_named(
    tmp_path: Path, name: str, text: str | None, told: str
) -> None:
    (tmp_path / "mappings").mkdir()
    if text is not None:
        (tmp_path / "mappings" / f"{name}.toml").write_text(text)
    store = StoreSettings(name="Paris", mapping=name, tax_id="76111111-6")
    changed = msgspec.structs.replace(settings(), stores={"paris": store})
    with pytest.raises(BadSettings, match=told):
        dialects(changed, [tmp_path, ROOT / "customers"])
