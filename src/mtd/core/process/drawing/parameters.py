"""Data: what a drawing says of the data that its elements take and give (BPMN 2.0.2 §10.4)."""

import msgspec


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A data input or output of an activity, event or process (§10.4.1)."""

    id: str
    name: str | None
    item: str | None = None
    is_collection: bool = False
    optional: bool = False


class DataAssociation(msgspec.Struct, frozen=True, kw_only=True):
    """Data copied into or out of a node (§10.4.2)."""

    sources: tuple[str, ...]
    """Ids of data objects, properties or parameters."""
    target: str | None
    transformation: str | None = None
    assignments: tuple[tuple[str, str], ...] = ()
    """Pairs of from and to expressions."""


class DataObject(msgspec.Struct, frozen=True, kw_only=True):
    """A data object or store, or a reference to one (§10.4.1)."""

    id: str
    name: str | None
    kind: str
    """dataObject, dataObjectReference, dataStore or dataStoreReference."""
    ref: str | None = None
    """Of a reference: the object's id."""
    item: str | None = None
    is_collection: bool = False
    state: str | None = None
    parent: str | None = None
    line: int | None = None
