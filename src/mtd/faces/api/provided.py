"""Provided: what every route may ask for."""

from litestar.di import NamedDependency

from mtd.runtime.operations.operations import Operations

Served = NamedDependency[Operations]
"""What people and systems may do."""
