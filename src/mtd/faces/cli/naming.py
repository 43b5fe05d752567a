"""Naming: what a command is told it is to be done to."""

from typing import Annotated

from cyclopts import Parameter

from mtd.runtime.operations.correlating import is_uuid


def _shaped(_: object, given: str) -> None:
    """Whatever is no UUID would be a fault of the database's. Raises ValueError."""
    if not is_uuid(given):
        raise ValueError(f"{given!r} is not an id")


Id = Annotated[str, Parameter(validator=_shaped)]
"""An id as another command printed it, whole."""
