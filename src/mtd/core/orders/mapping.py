"""A store's dialect of order XML as data: where each field stands and how values are written."""

import re
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct

from mtd.core.orders.purchase_order import Slug
from mtd.core.orders.shape import ORDER, Kind, Leaf, Record, Repeated, Shape

Path = tuple[str, ...]


class BadMapping(ValueError):
    """A mapping file that cannot be used; the words name the file and the key."""


class Numbers(Struct, frozen=True, forbid_unknown_fields=True):
    """How amounts and quantities are written: `12.990,00` has groups by `.` and the mark `,`."""

    decimal_mark: Annotated[str, Meta(min_length=1, max_length=1)] = "."
    group_mark: Annotated[str, Meta(max_length=1)] = ""
    decimals: Annotated[int, Meta(ge=0, le=4)] | None = None
    """Digits an amount is padded to when written; None: as many as its currency has."""


class Moments(Struct, frozen=True, forbid_unknown_fields=True):
    """How moments are written: a `strptime` format, or RFC 3339 when it is empty."""

    format: str = ""
    time_zone: str = "UTC"
    """IANA name: the zone of moments whose format has no `%z`, and of all when written."""


class List(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a list's items stand, and the fields of an item relative to it."""

    path: str
    fields: dict[str, str]


class MappingFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `customers/mappings/<store>-<version>.toml` says; docs/orders.md explains each key."""

    store: Slug
    version: Annotated[int, Meta(ge=1)]
    root: str
    namespace: str = ""
    version_attribute: str | None = None
    """The attribute of the root that carries the dialect's version."""
    constants: dict[str, str] = {}
    fields: dict[str, str]
    lists: dict[str, List]
    codes: dict[str, dict[str, str]] = {}
    numbers: Numbers = Numbers()
    moments: Moments = Moments()
    ignored: tuple[str, ...] = ()


class Slot(Struct, frozen=True):
    """A field's place in the dialect, counted from the order or from the item of a list."""

    parent: Path
    name: str
    kind: Kind
    canonical: dict[str, str] = {}
    """The dialect's codes and what they mean."""
    own: dict[str, str] = {}
    """The canonical codes and how the dialect writes them."""


class Place(Struct):
    """An element of the dialect; filled while the mapping is built and only read ever after."""

    attributes: dict[str, Slot | None] = {}
    """By name; None: known and ignored."""
    children: "dict[str, Place]" = {}
    """By tag, as lxml writes it with its namespace."""
    slot: Slot | None = None
    list_name: str | None = None
    """Each element here is an item of this list of the order."""
    ignored: bool = False


class Mapping(Struct, frozen=True):
    """A mapping ready for use, made by `read_mapping`."""

    file: MappingFile
    tree: Place
    zone: ZoneInfo
    constants: tuple[tuple[Slot, str], ...]
    unplaced: tuple[tuple[Path, Leaf], ...]
    """Optional fields that the dialect cannot carry."""
    root_tag: str
    numbers: re.Pattern[str]

    @property
    def name(self) -> str:
        """Such as `paris-1`."""
        return f"{self.file.store}-{self.file.version}"


def read_mapping(toml: str, file_name: str) -> Mapping:
    """The mapping that the text says; raises `BadMapping` naming the file and the key."""
    try:
        file = msgspec.toml.decode(toml, type=MappingFile)
        return mapping_of(file)
    except (msgspec.DecodeError, _Unusable) as error:
        raise BadMapping(f"{file_name}: {error}") from error


class _Unusable(ValueError):
    """A key and what is wrong with it."""


def mapping_of(file: MappingFile) -> Mapping:
    """The mapping ready for use; raises `ValueError` naming the key that is wrong."""
    tree = Place()
    placed = [_place(tree, file, (), name, path) for name, path in file.fields.items()]
    for list_name, found in file.lists.items():
        item = _element(tree, file, found.path, f"lists.{list_name}")
        if not isinstance(ORDER.fields.get(list_name), Repeated) or item is tree:
            raise _Unusable(f"lists.{list_name}: is no list of an order, or has no path")
        item.list_name = list_name
        placed += [_place(item, file, (list_name,), n, p) for n, p in found.fields.items()]
    for path in file.ignored:
        _ignore(tree, file, path)
    if file.version_attribute:
        tree.attributes[file.version_attribute] = None
    constants = tuple(_constant(name, text) for name, text in file.constants.items())
    placed += [(*slot.parent, slot.name) for slot, _ in constants]
    _check_codes(file, placed)
    _check_mixed(tree, file.root)
    return Mapping(
        file,
        tree,
        _zone(file.moments),
        constants,
        _unplaced(placed),
        _tag(file, file.root),
        _number_pattern(file.numbers),
    )


def _place(tree: Place, file: MappingFile, scope: Path, name: str, path: str) -> Path:
    """Put the field `name` at `path` below `tree`; its full path."""
    full = (*scope, *name.split("."))
    key = ".".join(full)
    kind = _leaf(full, key).kind
    own = file.codes.get(key, {})
    slot = Slot(full[len(scope) : -1], full[-1], kind, {own[c]: c for c in own}, own)
    where, _, attribute = path.partition("@")
    place = _element(tree, file, where.removesuffix("/"), key)
    if attribute and attribute not in place.attributes:
        place.attributes[attribute] = slot
    elif not attribute and not place.slot and (scope or place is not tree):
        place.slot = slot
    else:
        raise _Unusable(f"{key}: {path} already holds another field, or is the root")
    return full


def _element(tree: Place, file: MappingFile, path: str, key: str) -> Place:
    if path in ("", "."):
        return tree
    for name in path.split("/"):
        if not name or name == ".":
            raise _Unusable(f"{key}: {path} is no path such as Header/Number or Header/@number")
        tree = tree.children.setdefault(_tag(file, name), Place())
    return tree


def _tag(file: MappingFile, name: str) -> str:
    """An element's tag as lxml writes it, in the dialect's namespace if it has one."""
    return f"{{{file.namespace}}}{name}" if file.namespace else name


def _number_pattern(numbers: Numbers) -> re.Pattern[str]:
    group, mark = re.escape(numbers.group_mark), re.escape(numbers.decimal_mark)
    if numbers.group_mark == numbers.decimal_mark:
        raise _Unusable("numbers: one mark cannot be both decimal_mark and group_mark")
    grouped = rf"[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|" if group else ""
    return re.compile(rf"-?(?:{grouped}[0-9]+)(?:{mark}[0-9]+)?")


def _ignore(tree: Place, file: MappingFile, path: str) -> None:
    where, _, attribute = path.partition("@")
    place = _element(tree, file, where.removesuffix("/"), "ignored")
    if attribute:
        place.attributes.setdefault(attribute, None)
    else:
        place.ignored = True


def _constant(name: str, text: str) -> tuple[Slot, str]:
    path = tuple(name.split("."))
    kind = _leaf(path, f"constants.{name}").kind
    if isinstance(ORDER.fields[path[0]], Repeated):
        raise _Unusable(f"constants.{name}: a field of a list cannot be constant")
    return Slot(path[:-1], path[-1], kind), text


def _leaf(path: Path, key: str) -> Leaf:
    """The field at a canonical path, list names being steps like any other."""
    shape: Shape = ORDER
    for name in path:
        record = shape.item if isinstance(shape, Repeated) else shape
        found = record.fields.get(name) if isinstance(record, Record) else None
        if found is None:
            raise _Unusable(f"{key}: an order has no such field")
        shape = found
    if not isinstance(shape, Leaf):
        raise _Unusable(f"{key}: is not one value but a group of fields")
    return shape


def _check_mixed(place: Place, name: str) -> None:
    """Text beside elements could be neither read nor written back faithfully."""
    if place.slot and place.children:
        raise _Unusable(f"fields: {name} cannot hold both a value and other elements")
    for tag, below in place.children.items():
        _check_mixed(below, tag)


def _check_codes(file: MappingFile, placed: list[Path]) -> None:
    for key, own in file.codes.items():
        path = tuple(key.split("."))
        codes = _leaf(path, f"codes.{key}").codes
        if path not in placed:
            raise _Unusable(f"codes.{key}: the field has no place in this mapping")
        unknown = sorted(set(own) - set(codes)) if codes else []
        if unknown or len(set(own.values())) < len(own):
            raise _Unusable(f"codes.{key}: {unknown or 'two codes are written alike'}")


def _zone(moments: Moments) -> ZoneInfo:
    try:
        zone = ZoneInfo(moments.time_zone)
    except (KeyError, ValueError, OSError) as error:
        raise _Unusable(f"moments.time_zone: {moments.time_zone} is not known") from error
    if moments.format:
        noon = datetime(2026, 3, 14, 12, 34, 56, tzinfo=UTC).astimezone(zone)
        written = noon.strftime(moments.format)
        back = datetime.strptime(written, moments.format)  # noqa: DTZ007 zoned in the next line
        if (back if back.tzinfo else back.replace(tzinfo=zone)) != noon:
            raise _Unusable("moments.format: loses a part of the moment")
    return zone


def _unplaced(placed: list[Path]) -> tuple[tuple[Path, Leaf], ...]:
    """The fields without a place; refuses when an order cannot be without one of them."""
    twice = {path for path in placed if placed.count(path) > 1}
    if twice:
        raise _Unusable(f"{'.'.join(min(twice))}: has two places, or a place and a constant")
    missing = [".".join(path) for path in _needed(ORDER, (), set(placed))]
    if missing:
        raise _Unusable(f"fields: no place for {', '.join(missing)}")
    return tuple((path, leaf) for path, leaf in leaves(ORDER) if path not in placed)


def leaves(shape: Shape, path: Path = ()) -> list[tuple[Path, Leaf]]:
    """Every field at and below `shape` with its canonical path."""
    if isinstance(shape, Leaf):
        return [(path, shape)]
    record = shape.item if isinstance(shape, Repeated) else shape
    return [leaf for name, part in record.fields.items() for leaf in leaves(part, (*path, name))]


def _needed(shape: Shape, path: Path, placed: set[Path]) -> list[Path]:
    """Fields without a place that their record must have, where the record itself has one."""
    if isinstance(shape, Leaf):
        return [] if path in placed else [path]
    record = shape.item if isinstance(shape, Repeated) else shape
    missing: list[Path] = []
    for name, part in record.fields.items():
        here = (*path, name)
        used = any(leaf in placed for leaf, _ in leaves(part, here))
        if name in record.required or (used and not isinstance(part, Leaf)):
            missing += _needed(part, here, placed)
    return missing
