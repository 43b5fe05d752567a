"""The gallery: drawings of what is deployed as viewers show them right, made once and kept."""

import asyncio

from mtd.core.process.definition import Definition
from mtd.core.process.readers import Unreadable
from mtd.core.process.readers.viewing import View, viewed
from mtd.runtime.desk.desk import Desk
from mtd.runtime.operations.deploying import files_of

KEPT_MAX = 64
"""Drawings that are kept; a large one takes 200 kB."""
_Key = tuple[str, bool]


class Gallery:
    """View copies by version, of one tenant's desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._kept: dict[_Key, View | None] = {}

    async def view(self, definition: Definition, *, whole: bool = False) -> View | None:
        """How `definition` is drawn, with the other pools too if `whole`; None: it is not.

        Raises definitions.Unknown.
        """
        key = (definition.id, whole)
        if key in self._kept:
            return self._kept[key]
        version = str(definition.version)
        _, files = await files_of(self._desk.app, self._desk.tenant, definition.name, version)
        process = None if whole else definition.root
        try:
            found = await asyncio.to_thread(viewed, files.drawing, process)
        except Unreadable:
            found = None
        while len(self._kept) >= KEPT_MAX:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = found
        return found
