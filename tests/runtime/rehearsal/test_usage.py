"""Usage as Linux counts it, held against what the standard library says of this process."""

import os
import signal
import subprocess
import sys
import time

import pytest

from mtd.runtime.rehearsal import usage

TICK_S = 0.02
BURN = "sum(range(20_000_000))"


def test_cpu_of_this_process() -> None:
    sum(range(5_000_000))
    assert usage.cpu_s(os.getpid()) == pytest.approx(time.process_time(), abs=TICK_S)


def test_a_family_counts_the_children_that_ended() -> None:
    before = usage.family_cpu_s(os.getpid())
    child = subprocess.Popen([sys.executable, "-c", BURN])
    assert child.pid in usage.children(os.getpid())
    child.wait()
    family_s, whole_s = usage.family_cpu_s(os.getpid()), sum(os.times()[:4])
    assert family_s > before + 0.05
    # Those that still run, such as the session's database server, `os.times` does not know yet.
    running_s = sum(map(usage.cpu_s, usage.children(os.getpid())))
    assert family_s - running_s == pytest.approx(whole_s, abs=4 * TICK_S)


def test_a_tree_counts_grandchildren() -> None:
    inner = "import subprocess,sys; subprocess.run([sys.executable, '-c', 'while True: pass'])"
    before = usage.tree_cpu_s(os.getpid())
    child = subprocess.Popen([sys.executable, "-c", inner], start_new_session=True)
    try:
        while usage.tree_cpu_s(child.pid) < 0.3:
            assert child.poll() is None
            time.sleep(0.05)
        assert usage.tree_cpu_s(os.getpid()) >= before + 0.3
    finally:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def test_memory_of_this_process() -> None:
    now_mb, peak_mb = usage.memory_mb(os.getpid())
    assert 10 < now_mb <= peak_mb


def test_who_is_gone_uses_nothing() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert usage.cpu_s(child.pid) == 0
    assert usage.parent_of(child.pid) is None
    assert usage.name_of(child.pid) == ""
    assert usage.memory_mb(child.pid) == (0, 0)
