"""The town as a process of its own: says where it is, and ends when it should."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "src"
TIMEOUT_S = 10.0


def started(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "mtd.simulators", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(SOURCES)},
    )


@pytest.mark.parametrize("ending", ["eof", "term"])
def test_it_prints_its_urls_and_ends_with_its_parent_or_on_a_signal(ending: str) -> None:
    with started("--config", '{"seed": 3}', "--until-eof") as town:
        assert town.stdout is not None and town.stdin is not None
        where = json.loads(town.stdout.readline())
        assert where["urls"].keys() >= {"giftcard", "payment", "eom", "paperless", "pos", "mail"}
        with urllib.request.urlopen(where["control_url"], timeout=TIMEOUT_S) as answer:
            assert json.load(answer).keys() == where["urls"].keys()
        if ending == "eof":
            town.stdin.close()
        else:
            town.send_signal(signal.SIGTERM)
        assert town.wait(TIMEOUT_S) == 0


def test_settings_come_from_a_file_and_are_refused_in_words(tmp_path: Path) -> None:
    config = tmp_path / "town.json"
    config.write_text('{"systems": {"eom": {"delays_s": {"picket": 1}}}}')
    with started("--config", str(config)) as town:
        _, error = town.communicate(timeout=TIMEOUT_S)
        assert town.returncode == 2
        assert b"systems.eom.delays_s.picket" in error and b"Traceback" not in error
