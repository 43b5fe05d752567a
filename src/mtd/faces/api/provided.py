"""Provided: what every route may ask for."""

from litestar.di import NamedDependency

from mtd.runtime.desk.desk import Desk
from mtd.runtime.operations.operations import Operations

Served = NamedDependency[Operations]
"""What people and systems may do."""
Desked = NamedDependency[Desk]
"""What people of the portal may do, checked and recorded."""
