"""`python -m mtd.simulators`: the town as a process of its own; says where it is on stdout."""

import argparse
import asyncio
import gc
import json
import signal
import sys
from pathlib import Path

import uvloop

from mtd.simulators.settings import BadSettings, TownSettings, read_settings
from mtd.simulators.town import serve

GENERATIONS = (100_000, 50, 100)
"""Ledgers only grow: looking through all of them for circles again and again finds none."""


def main() -> int:
    """Serve until SIGTERM or SIGINT, or until standard input ends if that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m mtd.simulators", description=__doc__)
    parser.add_argument("--config", default="{}", help="settings: JSON, or the path of such a file")
    parser.add_argument(
        "--until-eof", action="store_true", help="end when standard input ends, as a child does"
    )
    options = parser.parse_args()
    try:
        text = options.config.strip()
        settings = read_settings(text if text.startswith("{") else Path(text).read_bytes())
        gc.freeze()
        gc.set_threshold(*GENERATIONS)
        uvloop.run(_run(settings, until_eof=options.until_eof))
    except (BadSettings, OSError) as error:
        sys.stderr.write(f"mtd.simulators: {error}\n")
        return 2
    return 0


async def _run(settings: TownSettings, *, until_eof: bool) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, ended.set)
    if until_eof:
        reader = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: _EndOfInput(reader, ended), sys.stdin)
    running = await serve(settings)
    where = {"urls": running.urls, "control_url": running.control_url}
    sys.stdout.write(json.dumps(where) + "\n")
    sys.stdout.flush()
    try:
        await ended.wait()
    finally:
        await running.close()


class _EndOfInput(asyncio.StreamReaderProtocol):
    """Sets `ended` when the parent has closed its end, or has died."""

    def __init__(self, reader: asyncio.StreamReader, ended: asyncio.Event) -> None:
        super().__init__(reader)
        self._ended = ended

    def connection_lost(self, exc: Exception | None) -> None:
        """The pipe's other end is gone."""
        super().connection_lost(exc)
        self._ended.set()

    def eof_received(self) -> bool | None:
        """The pipe's other end is closed."""
        self._ended.set()
        return super().eof_received()


if __name__ == "__main__":
    sys.exit(main())
