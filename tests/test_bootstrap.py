"""The bootstrap `mtd` makes its environment once, where it lies, and says what is in its way."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

BOOTSTRAP = Path(__file__).resolve().parents[1] / "mtd"
TOOLS = ("sh", "readlink", "dirname", "cat", "cmp", "head", "tail", "mv", "rm", "id", "tr", "grep")
PROGRAM = "import sys; print('ran', sys.argv[1:])"
PYTHON = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout that needs no package: what is installed is not what is tested."""
    folder = tmp_path / "a checkout"
    (folder / "src" / "mtd").mkdir(parents=True)
    (folder / "src" / "mtd" / "__main__.py").write_text(PROGRAM)
    (folder / "requirements.lock").write_text("# nothing\n")
    (folder / "requirements-test.lock").write_text("# nothing, for tests\n")
    shutil.copy(BOOTSTRAP, folder)
    return folder


def _start(
    checkout: Path, *arguments: str, program: Path | None = None, cwd: Path = Path("/"), **env: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program or checkout / "mtd", *arguments],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "MTD_PYTHON": str(PYTHON), **env},
        capture_output=True,
        text=True,
        check=False,
    )


def test_installs_when_stale_and_only_then(checkout: Path) -> None:
    first = _start(checkout, "order", "a b", "")
    assert (first.returncode, first.stdout) == (0, "ran ['order', 'a b', '']\n"), first.stderr
    assert first.stderr.count("\n") == 1
    assert "installing requirements.lock" in first.stderr

    assert _start(checkout).stderr == ""

    assert "installing requirements-test.lock" in _start(checkout, "test").stderr
    assert _start(checkout, "test").stderr == ""
    assert _start(checkout).stderr == "", "what serves tests serves everything"

    (checkout / "requirements.lock").write_text("# another nothing\n")
    (checkout / "requirements-test.lock").write_text("# another nothing, for tests\n")
    assert "installing" in _start(checkout).stderr

    kept = checkout / ".venv" / "kept"
    kept.touch()
    moved = checkout.rename(checkout.with_name("moved"))
    assert "installing" in _start(moved).stderr, "scripts name the folder they were made in"
    assert not (moved / ".venv" / "kept").exists()


def test_from_anywhere_through_links(checkout: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "first").symlink_to(checkout / "mtd")
    (elsewhere / "second").symlink_to("first")
    (elsewhere / "mtd.py").write_text("print('the wrong one')")
    done = _start(checkout, program=elsewhere / "second", cwd=elsewhere)
    assert done.stdout == "ran []\n", done.stderr


def test_two_at_once_install_once(checkout: Path) -> None:
    with ThreadPoolExecutor(3) as pool:
        starts = [pool.submit(_start, checkout) for _ in range(3)]
        done = [start.result() for start in starts]
    assert [one.stdout for one in done] == ["ran []\n"] * 3
    assert sum("installing" in one.stderr for one in done) == 1


def test_an_activated_environment_is_not_its_own_python(checkout: Path) -> None:
    _start(checkout)
    (checkout / ".venv" / "installed.lock").unlink()
    path = f"{checkout / '.venv' / 'bin'}:{PYTHON.parent}:{os.environ['PATH']}"
    assert _start(checkout, PATH=path, MTD_PYTHON="").stdout == "ran []\n"


def test_an_interrupted_installation_is_begun_anew(checkout: Path) -> None:
    _start(checkout)
    (checkout / ".venv" / "installed.lock").unlink()
    half = checkout / ".venv" / "half"
    half.touch()
    assert _start(checkout).stdout == "ran []\n"
    assert not half.exists()


def test_a_failed_installation_says_so_and_is_tried_again(checkout: Path) -> None:
    whole = (checkout / "requirements.lock").read_text()
    lock = "no-such-package==1 --hash=sha256:" + "0" * 64 + "\n"
    (checkout / "requirements.lock").write_text(lock)
    failed = _start(checkout, PIP_NO_INDEX="1", PIP_FIND_LINKS="", PIP_CONFIG_FILE="/dev/null")
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert "is there a network?" in failed.stderr
    assert "no-such-package" in failed.stderr
    (checkout / "requirements.lock").write_text(whole)
    assert _start(checkout).stdout == "ran []\n"


@pytest.mark.parametrize(
    ("python", "said"),
    [
        (None, "Python 3.11 or newer is needed, and there is no python3 here"),
        ("#!/bin/sh\nexit 1\n", "found only older ones: python3"),
        ("#!/bin/sh\ncase $2 in *venv*) exit 1;; esac\n", "python3 cannot make an environment"),
    ],
    ids=["no Python", "too old", "no venv module"],
)
def test_a_python_that_does_not_do(
    checkout: Path, tmp_path: Path, python: str | None, said: str
) -> None:
    path = tmp_path / "bin"
    path.mkdir()
    for tool in TOOLS:
        (path / tool).symlink_to(shutil.which(tool) or "")
    if python is not None:
        (path / "python3").write_text(python)
        (path / "python3").chmod(0o755)
    done = _start(checkout, PATH=str(path), MTD_PYTHON="")
    assert done.returncode == 1
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (checkout / ".venv").exists()
