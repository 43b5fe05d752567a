"""A peer: pairs are compared one by one, and one that cannot be measured says why."""

import json
import sys
from pathlib import Path

import pytest

from mtd.runtime.rehearsal.benches.peer import Peer, PeerFailed, compared


def test_each_pair_has_its_ratio_and_the_median_counts() -> None:
    found = {one.name: one for one in compared("dbos", [1000, 3000, 2000], [50, 50, 50])}
    assert found["times dbos, median of pairs"].value == 40
    assert found["times dbos, median of pairs"].reached is True
    assert found["  the lowest pair"].value == 20 and found["  the highest pair"].value == 60
    slow = {one.name: one for one in compared("dbos", [1000], [50])}
    assert slow["times dbos, median of pairs"].reached is False


async def test_what_the_peer_says_last_is_its_figure(tmp_path: Path) -> None:
    script = tmp_path / "peer.py"
    script.write_text(
        f"print('warming up')\nprint({json.dumps(json.dumps({'orders_per_s': 41.5}))})"
    )
    assert await Peer("dbos", Path(sys.executable), script).orders_per_s("dsn", 1, 2) == 41.5


async def test_a_peer_that_fails_says_what_it_said(tmp_path: Path) -> None:
    script = tmp_path / "peer.py"
    script.write_text("raise SystemExit('no such server')")
    with pytest.raises(PeerFailed, match="no such server"):
        await Peer("dbos", Path(sys.executable), script).orders_per_s("dsn", 1, 2)


async def test_a_peer_without_its_script_is_not_installed(tmp_path: Path) -> None:
    with pytest.raises(PeerFailed, match=r"dbos_ten_steps\.py is in none of"):
        await Peer.installed("dbos", tmp_path, [tmp_path])
    assert list(tmp_path.iterdir()) == []
