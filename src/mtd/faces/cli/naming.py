"""Naming: what a command is told it is to be done to, by whom and why."""

import getpass
from typing import Annotated

from cyclopts import Parameter

from mtd.runtime.operations.correlating import is_uuid


def _shaped(_: object, given: str) -> None:
    """Whatever is no UUID would be a fault of the database's. Raises ValueError."""
    if not is_uuid(given):
        raise ValueError(f"{given!r} is not an id")


Id = Annotated[str, Parameter(validator=_shaped)]
"""An id as another command printed it, whole."""


def me() -> str:
    """Who is at the command line, as records and journals name them."""
    return f"{getpass.getuser()} (command line)"


def _said(_: object, given: str) -> None:
    """Nothing that wants a reason is done without one. Raises ValueError."""
    if not given.strip():
        raise ValueError("a reason is needed")


Reason = Annotated[str, Parameter(help="Why; it is kept in the record.", validator=_said)]
"""Why; words, not blanks alone."""
