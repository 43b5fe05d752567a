"""The dialects of a customer's stores: their mappings, read once at start."""

from collections.abc import Sequence
from pathlib import Path

from mtd.core.orders.mapping import BadMapping, Mapping, read_mapping
from mtd.runtime.settings.settings import BadSettings, Settings

FOLDER = "mappings"
"""Below the customers' folder."""


def dialects(settings: Settings, folders: Sequence[Path]) -> tuple[Mapping, ...]:
    """The mapping of each store, its file found in the first of the customers' `folders`.

    Raises BadSettings naming file and key.
    """
    stores = {shop.mapping: store for store, shop in settings.stores.items() if shop.mapping}
    return tuple(_dialect(name, store, folders) for name, store in sorted(stores.items()))


def _dialect(name: str, store: str, folders: Sequence[Path]) -> Mapping:
    paths = [folder / FOLDER / f"{name}.toml" for folder in folders]
    path = next((path for path in paths if path.is_file()), None)
    if path is None:
        places = ", ".join(str(path.parent) for path in paths)
        raise BadSettings(f"stores.{store}.mapping: no {name}.toml in {places}")
    try:
        mapping = read_mapping(path.read_text(encoding="utf-8"), str(path))
    except (BadMapping, UnicodeDecodeError) as error:
        raise BadSettings(str(error)) from error
    if mapping.file.store != store:
        raise BadSettings(f"stores.{store}.mapping: {path} is of store {mapping.file.store}")
    return mapping
