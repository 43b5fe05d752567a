"""XPDL."""

from collections.abc import Iterable
from mtd.core.process.drawing import Drawing
from mtd.core.process.readers.xml import Element


def read(root: Element, oddities: Iterable[str]) -> Drawing:
    raise NotImplementedError
