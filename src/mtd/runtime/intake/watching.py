"""Watching: the kernel says that something in a folder changed, and a look finds out what.

Linux tells it by a signal (`fcntl(2)`, F_NOTIFY); where there is no such thing, and for what a
network file system never tells, the slow scan remains.

A folder tells of its first change only, until the next look: each signal puts a byte into the
pipe by which the loop learns of it. Where every change told of itself, a few hundred files moved
at once filled that pipe; a SIGTERM that came then found no room, and was never heard.
"""

import asyncio
import fcntl
import os
import signal
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

import structlog

LOG = structlog.get_logger()
FOLDERS_MAX = 200
"""Each takes a file descriptor, and a byte of the loop's pipe, which holds 278 (`unix(7)`: a socket
buffer of 208 KiB, 768 bytes charged for each). The slow scan looks into the others."""
SIGNAL = signal.SIGURG
"""Ignored unless handled: a late one, after the end, does nothing."""


class Watched:
    """The folders whose changes are told."""

    def __init__(self) -> None:
        self._descriptors: dict[tuple[int, int], int | None] = {}
        """By device and inode; None of a folder that cannot be watched."""

    def only(self, folders: Iterable[Path]) -> bool:
        """Watch these, and no others any more, for their next change; whether any is new."""
        wanted: dict[tuple[int, int], Path] = {}
        for folder in folders:
            try:
                stat = folder.lstat()
            except OSError:
                continue
            if len(wanted) < FOLDERS_MAX:
                wanted[stat.st_dev, stat.st_ino] = folder
        for gone in self._descriptors.keys() - wanted.keys():
            self._unwatch(gone)
        for descriptor in self._descriptors.values():
            if descriptor is not None:
                _arm(descriptor)
        new = wanted.keys() - self._descriptors.keys()
        for key in new:
            self._descriptors[key] = _watched(wanted[key])
        return bool(new)

    def close(self) -> None:
        """Watch nothing any more."""
        self.only(())

    def _unwatch(self, key: tuple[int, int]) -> None:
        descriptor = self._descriptors.pop(key)
        if descriptor is not None:
            os.close(descriptor)


class Unwatched(Watched):
    """Where the kernel tells nothing: the slow scan looks."""

    def only(self, folders: Iterable[Path]) -> bool:
        """Nothing is watched, so nothing new is."""
        return False


@contextmanager
def watching(changed: Callable[[], None]) -> Generator[Watched]:
    """Call `changed` in this loop for changes in the folders that are then named.

    One watcher a process: the signal is the process's, and so is the loop of its main thread.
    """
    loop = asyncio.get_running_loop()
    try:
        _ = fcntl.F_NOTIFY
        loop.add_signal_handler(SIGNAL, changed)
    except (AttributeError, NotImplementedError, RuntimeError, ValueError):
        LOG.warning("the intake folder is only scanned, not watched")
        yield Unwatched()
        return
    watched = Watched()
    try:
        yield watched
    finally:
        watched.close()
        loop.remove_signal_handler(SIGNAL)


_EVENTS = fcntl.DN_CREATE | fcntl.DN_RENAME | fcntl.DN_MODIFY if hasattr(fcntl, "F_NOTIFY") else 0


def _watched(folder: Path) -> int | None:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        LOG.warning("a folder is only scanned, not watched", error=error.strerror)
        return None
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, SIGNAL)
        _arm(descriptor)
    except OSError as error:
        LOG.warning("a folder is only scanned, not watched", error=error.strerror)
    return descriptor


def _arm(descriptor: int) -> None:
    fcntl.fcntl(descriptor, fcntl.F_NOTIFY, _EVENTS)
