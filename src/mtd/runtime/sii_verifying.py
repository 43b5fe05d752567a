"""Verifying: whether anybody's tax documents are what they claim to be, away from the loop."""

import asyncio
import os

from mtd.connectors.tax.issuers import native_issuers
from mtd.core.tax.countries.cl.authority_keys import SII_KEYS
from mtd.core.tax.countries.cl.verifying import Report, Schemas, verify
from mtd.runtime.app import App
from mtd.runtime.sii_schemas import folder_of, load


class Verifying:
    """Checks files in a thread, one after another: a hostile one takes seconds and 300 MB."""

    def __init__(self, app: App) -> None:
        issuers = native_issuers(app.settings.issuers).values()
        brought = {idk: key for one in issuers for idk, key in one.authority_keys.items()}
        self._keys = {**SII_KEYS, **brought}
        self._schemas: Schemas | None = None
        self._turn = asyncio.Lock()

    async def verified(self, content: bytes) -> Report:
        """Every check of a file, by the SII's keys and those of a simulated authority.

        The schemas are those of `MTD_SII_SCHEMAS`. Raises BadSchemas where that names a folder
        without them.
        """
        async with self._turn:
            return await asyncio.to_thread(self._verify, content)

    def _verify(self, content: bytes) -> Report:
        """Blocks."""
        if self._schemas is None:
            folder = folder_of(os.environ)
            self._schemas = load(folder).schemas if folder else Schemas()
        return verify(content, self._keys, self._schemas)
