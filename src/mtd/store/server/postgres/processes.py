"""PostgreSQL's processes: started without privileges, tied to us, and what others left behind."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from mtd.store.server.postgres.place import Owner

QUICK_S = 0.5
"""What backends get to notice that their postmaster is gone before they are killed."""

FAST_S = 10.0
"""What a server gets for a fast shutdown: it rolls back and writes a checkpoint.

PostgreSQL 18.4 never ends when this reaches it while it recovers from a backend's crash: its
checkpointer is left waiting. To be stopped at once then costs what it was doing anyway, a recovery.
"""
IMMEDIATE_S = 5.0
"""What it gets for an immediate one: it only ends its children."""

SHUTDOWNS = (
    (signal.SIGINT, FAST_S),
    (signal.SIGQUIT, IMMEDIATE_S),
    (signal.SIGKILL, IMMEDIATE_S),
)
"""Fast, immediate, and none of its own doing: each with what it gets before the next."""

_LOOK_S = 0.05
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


async def run(
    arguments: Sequence[str | Path], owner: Owner, output: int, environment: Mapping[str, str]
) -> Process:
    """Start a program as `owner`, its output to the file `output`, out of our terminal's reach.

    It gets SIGQUIT, PostgreSQL's immediate shutdown, when the thread that called this ends: a
    killed MTD leaves no server behind, and the next one starts with a recovery. Call it from a
    thread that lives as long as the server shall.
    """
    return await asyncio.create_subprocess_exec(
        *arguments,
        stdin=DEVNULL,
        stdout=output,
        stderr=output,
        env=environment,
        cwd="/",
        start_new_session=True,
        preexec_fn=_becoming(owner, os.getpid()),
    )


async def end(process: Process) -> None:
    """Shut a postmaster down, more firmly each time it does not end."""
    for stop, patience_s in SHUTDOWNS:
        if process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(stop)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), patience_s)


async def clear(data: Path) -> int:
    """End whatever still runs in the folder `data`; the number of processes that were found.

    Only for who holds the folder's lock. Afterwards a lock file of PostgreSQL whose process id
    means something else by now (reused, or a zombie nobody waits for) is out of the way.
    """
    found = inhabitants(data)
    master = _postmaster(data)
    if master in found:
        for stop, patience_s in SHUTDOWNS[1:]:
            _tell([master], stop)
            if await _empty(data, patience_s):
                break
    elif not await _empty(data, QUICK_S):
        _tell(inhabitants(data), signal.SIGKILL)
        await _empty(data, IMMEDIATE_S)
    if master is not None and _exists(master) and not inhabitants(data):
        (data / "postmaster.pid").unlink(missing_ok=True)
    return len(found)


def inhabitants(data: Path) -> list[int]:
    """The processes whose working folder is `data`, as each process of its server has it."""
    here: list[int] = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (entry / "cwd").readlink() == data:
                here.append(int(entry.name))
    return here


def _becoming(owner: Owner, parent: int) -> Callable[[], None]:
    """What the child does before it becomes PostgreSQL.

    The order matters: the kernel forgets the death signal when the user changes, and a parent
    that died before the signal was asked for is found by its absence.
    """
    drop = os.geteuid() == 0 and owner.uid != 0

    def become() -> None:
        os.umask(0o077)
        if drop:
            os.setgroups([])
            os.setgid(owner.gid)
            os.setuid(owner.uid)
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(signal.SIGQUIT), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return become


def _postmaster(data: Path) -> int | None:
    try:
        return int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _tell(processes: Sequence[int | None], what: signal.Signals) -> None:
    for process in processes:
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, what)


def _exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


async def _empty(data: Path, patience_s: float) -> bool:
    """Whether nobody lives in `data` any more, looked at for `patience_s` seconds."""
    for _ in range(max(1, round(patience_s / _LOOK_S))):
        if not inhabitants(data):
            return True
        await asyncio.sleep(_LOOK_S)
    return not inhabitants(data)
