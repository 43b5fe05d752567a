"""Provided: what every route may ask for."""

from litestar.di import NamedDependency

from mtd.runtime.operations import Operations
from mtd.store.orders import Order

Served = NamedDependency[Operations]
"""What people and systems may do."""

NamedOrder = NamedDependency[Order]
"""The order that the path names."""
