"""Usage: the CPU time and memory of processes on this machine, as Linux counts them.

proc_pid_stat(5): fields 14 to 17 are utime, stime and, of children that ended and were waited
for, cutime and cstime, in clock ticks.
"""

import os
from collections.abc import Iterable
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


def cpu_s(pid: int) -> float:
    """Seconds of CPU that a running process has used; 0 when it is gone."""
    fields = _fields(pid)
    return 0.0 if fields is None else (int(fields[11]) + int(fields[12])) / _TICKS_PER_S


def family_cpu_s(parent: int) -> float:
    """Seconds of CPU of a process and its children, those that ended included."""
    fields = _fields(parent)
    ended = 0.0 if fields is None else (int(fields[13]) + int(fields[14])) / _TICKS_PER_S
    return ended + sum(cpu_s(pid) for pid in (parent, *children(parent)))


def tree_cpu_s(root: int) -> float:
    """Seconds of CPU of a process and all its descendants, those that ended included."""
    below = children(root)
    return family_cpu_s(root) - sum(map(cpu_s, below)) + sum(map(tree_cpu_s, below))


def children(parent: int) -> list[int]:
    """The running children of a process."""
    pids = (int(entry.name) for entry in _PROC.iterdir() if entry.name.isdecimal())
    return [pid for pid in pids if parent_of(pid) == parent]


def parent_of(pid: int) -> int | None:
    """The parent of a running process."""
    fields = _fields(pid)
    return None if fields is None else int(fields[1])


def name_of(pid: int) -> str:
    """What the kernel calls the process; empty when it is gone."""
    try:
        return (_PROC / str(pid) / "comm").read_text().strip()
    except OSError:
        return ""


def memory_mb(pid: int) -> tuple[float, float]:
    """Resident memory of a process now and at its highest, in megabytes of 10⁶ bytes."""
    try:
        lines = (_PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0.0, 0.0
    kib = {line.split(":")[0]: int(line.split()[1]) for line in _memory(lines)}
    return kib.get("VmRSS", 0) * 1024 / 1e6, kib.get("VmHWM", 0) * 1024 / 1e6


def _memory(lines: Iterable[str]) -> list[str]:
    return [line for line in lines if line.startswith(("VmRSS:", "VmHWM:"))]


def _fields(pid: int) -> list[str] | None:
    """The fields from the third on: the second, a name in brackets, may hold anything."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    return stat.rpartition(")")[2].split()
