"""A peer: another durable engine, measured on the same server, in a place of its own.

What it needs is installed from PyPI into a virtual environment that goes with the run; nothing
of it is ever part of MTD or of its locks.
"""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import median

import msgspec

from mtd.runtime.rehearsal.figures import Figure

REQUIREMENTS: Mapping[str, str] = {"dbos": "dbos==3.4.0"}
SCRIPTS: Mapping[str, str] = {"dbos": "dbos_ten_steps.py"}
RATIO = 30.0


class PeerFailed(Exception):
    """The peer could not be installed, or did not end well; with what it said."""


class _Measured(msgspec.Struct, frozen=True):
    orders_per_s: float


class Peer:
    """An installed peer."""

    def __init__(self, name: str, python: Path, script: Path) -> None:
        self.name = name
        self._python = python
        self._script = script

    @classmethod
    async def installed(cls, name: str, place: Path, scripts: list[Path]) -> "Peer":
        """`name` in a fresh virtual environment below `place`. Raises PeerFailed."""
        script = next((f / SCRIPTS[name] for f in scripts if (f / SCRIPTS[name]).is_file()), None)
        if script is None:
            raise PeerFailed(f"{SCRIPTS[name]} is in none of: {', '.join(map(str, scripts))}")
        folder = place / f"peer-{name}"
        await _run(sys.executable, "-m", "venv", str(folder))
        python = folder / "bin" / "python"
        await _run(str(python), "-m", "pip", "install", "--quiet", REQUIREMENTS[name])
        return cls(name, python, script)

    async def orders_per_s(self, dsn: str, orders: int, workers: int) -> float:
        """Orders a second from a backlog of so many. Raises PeerFailed."""
        said = await _run(
            *(str(self._python), str(self._script), dsn),
            *("--orders", str(orders), "--workers", str(workers)),
        )
        return msgspec.json.decode(said.splitlines()[-1], type=_Measured).orders_per_s


def compared(name: str, ours: list[float], theirs: list[float]) -> list[Figure]:
    """The medians of the two, taken in turn, and of their ratios."""
    ratios = [our / their for our, their in zip(ours, theirs, strict=True)]
    return [
        Figure(name="mtd, in turn with the peer", value=median(ours), unit="orders/s"),
        Figure(name=f"{REQUIREMENTS[name]}, in turn", value=median(theirs), unit="orders/s"),
        Figure(
            name=f"times {name}, median of pairs", value=median(ratios), unit="", at_least=RATIO
        ),
        Figure(name="  the lowest pair", value=min(ratios), unit=""),
        Figure(name="  the highest pair", value=max(ratios), unit=""),
    ]


async def _run(*command: str) -> bytes:
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, complained = await process.communicate()
    if process.returncode != 0:
        raise PeerFailed(f"{command[0]}: {complained.decode(errors='replace')[-2000:]}")
    return said
