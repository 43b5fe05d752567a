"""What tests of the embedded server look at, and another process that opens one."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg

from mtd.store.server.embedded import Embedded
from mtd.store.server.postgres.processes import inhabitants

SOURCE = Path(__file__).resolve().parents[2] / "src"

OPEN_AND_SAY = """
import asyncio, sys
from pathlib import Path
from mtd.store.server.embedded import Embedded

async def main():
    server = await Embedded.start(Path(sys.argv[1]))
    print(server.pid, server.dsn, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await server.stop()

asyncio.run(main())
"""


async def until(check: Callable[[], Awaitable[bool]], limit_s: float) -> None:
    """Wait until `check` holds, for at most `limit_s` seconds."""
    deadline = time.monotonic() + limit_s
    while not await check():
        assert time.monotonic() < deadline, f"not within {limit_s} s"
        await asyncio.sleep(0.02)


async def answers(dsn: str) -> bool:
    """Whether a server takes connections."""
    try:
        connection = await asyncpg.connect(dsn, timeout=2)
        await connection.close()
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    return True


async def kept(dsn: str) -> bool:
    """Whether what was committed is still there."""
    if not await answers(dsn):
        return False
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval("SELECT n FROM kept WHERE n = 42") == 42
    finally:
        await connection.close()


async def gone(pid: int) -> bool:
    """Whether the process has ended."""
    return not Path(f"/proc/{pid}").exists()


async def nobody_in(data: Path) -> bool:
    """Whether no process of a server is left."""
    return not inhabitants(data)


async def supervises(server: Embedded) -> bool:
    """Whether it is this process that runs the server."""
    return server.pid is not None


async def another(home: Path) -> tuple[asyncio.subprocess.Process, int, str]:
    """Another process of MTD that opened the server of `home`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", OPEN_AND_SAY, home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    assert process.stdout is not None
    pid, dsn = (await process.stdout.readline()).decode().split()
    return process, int(pid), dsn
