"""An authority that answers with floods and bombs: nothing is believed, nothing swallowed."""

import asyncio
import resource
from collections.abc import AsyncIterator

import pytest

from mtd.connectors.settings import LegacySettings
from mtd.connectors.sii import Channel, Tokens, find, submit
from mtd.connectors.wire import Wires
from mtd.core.process.outcome import Failed
from mtd.core.tax.issuing import SubmissionState
from tests.connectors.sii.talking import identity, parcel
from tests.core.tax.countries.cl.asking import NOON
from tests.core.tax.countries.cl.sealing import of_type, the_signer

BLOCK = b"<a>" * 22_000
BLOCKS = 1_600
"""More than 100 MB."""
GROWTH_MAX_KIB = 150 * 1024
BOMB = (
    b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    b"<RECEPCIONDTE><STATUS>0</STATUS><TRACKID>&b;</TRACKID></RECEPCIONDTE>"
)


class Flood:
    """Answers whatever it is asked with one body."""

    def __init__(self) -> None:
        self.head = b""
        self.blocks = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        length = len(self.head) + self.blocks * len(BLOCK)
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (length, self.head)
        )
        try:
            for _ in range(self.blocks):
                writer.write(BLOCK)
                await writer.drain()
        except ConnectionError:
            return
        finally:
            writer.close()


@pytest.fixture
async def flood() -> AsyncIterator[tuple[Flood, Wires]]:
    pouring = Flood()
    server = await asyncio.start_server(pouring.serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    options = {"api_url": url, "upload_url": url, "registry_url": f"{url}/x"}
    settings = LegacySettings(base_url=url, timeout_s=20.0, options=options)
    wires = Wires({"sii": settings}, environment={}, now=lambda: NOON)
    yield pouring, wires
    await wires.close()
    server.close()


async def _token() -> str:
    return "AB12"


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize(("head", "blocks"), [(b"", BLOCKS), (BOMB, 0), (b"\xff\xfe\x00", 0)])
async def test_a_flood_or_a_bomb_is_an_unknown_outcome_in_bounded_memory(
    flood: tuple[Flood, Wires], channel: Channel, head: bytes, blocks: int
) -> None:
    pouring, wires = flood
    pouring.head, pouring.blocks = head, blocks
    tokens = Tokens(lambda: 0.0)
    await tokens.of(channel, the_signer(), _token)
    document = of_type("39" if channel is Channel.BOLETAS else "33").content
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    said = await submit(wires.wire("sii"), tokens, channel, the_signer(), parcel(document))
    assert said.state is SubmissionState.UNKNOWN
    found = await find(wires.wire("sii"), tokens, channel, the_signer(), identity(document))
    assert isinstance(found, Failed)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < GROWTH_MAX_KIB
