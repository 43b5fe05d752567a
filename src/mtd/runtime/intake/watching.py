"""Watching: the kernel says that something in a folder changed, and a look finds out what.

Linux tells it by a signal (`fcntl(2)`, F_NOTIFY); where there is no such thing, and for what a
network file system never tells, the slow scan remains.
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
FOLDERS_MAX = 1_000
"""Each takes a file descriptor; the slow scan looks into the others."""
SIGNAL = signal.SIGURG
"""Ignored unless handled: a late one, after the end, does nothing."""


class Watched:
    """The folders whose changes are told."""

    def __init__(self) -> None:
        self._descriptors: dict[tuple[int, int], int | None] = {}
        """By device and inode; None of a folder that cannot be watched."""

    def only(self, folders: Iterable[Path]) -> bool:
        """Watch these and no others any more; whether any of them is new."""
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


_EVENTS = (
    fcntl.DN_CREATE | fcntl.DN_RENAME | fcntl.DN_MODIFY | fcntl.DN_MULTISHOT
    if hasattr(fcntl, "F_NOTIFY")
    else 0
)


def _watched(folder: Path) -> int | None:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        LOG.warning("a folder is only scanned, not watched", error=error.strerror)
        return None
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, SIGNAL)
        fcntl.fcntl(descriptor, fcntl.F_NOTIFY, _EVENTS)
    except OSError as error:
        LOG.warning("a folder is only scanned, not watched", error=error.strerror)
    return descriptor
