"""An embedded server finds a place that is its own, and opens nobody's folder for it."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from mtd.store.server import embedded
from mtd.store.server.embedded import Embedded
from mtd.store.server.postgres import place as places
from mtd.store.server.postgres.place import PlaceRefused
from mtd.store.server.postgres.programs import bundled
from tests.store.watching import OPEN_AND_SAY, SOURCE, answers

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives privileges up")


async def test_a_long_path_gets_a_short_socket(short_folder: Path) -> None:
    home = short_folder / ("long" * 40) / "home"
    async with await Embedded.start(home) as server:
        assert await answers(server.dsn)
        socket = places.socket_folder(home.resolve() / "pg")
    assert len(str(socket)) < 100
    assert stat.S_IMODE(socket.stat().st_mode) == 0o700
    socket.rmdir()


@as_root
def test_a_socket_folder_of_somebody_else_is_refused(short_folder: Path) -> None:
    path = short_folder / "socket"
    path.mkdir(mode=0o700)
    nobody = pwd.getpwnam("nobody")
    with pytest.raises(PlaceRefused, match="not a private folder"):
        places.private_folder(path, places.Owner("nobody", nobody.pw_uid, nobody.pw_gid))


@as_root
async def test_a_closed_home_stays_closed(
    short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root's own folder may be closed to others: data and programs go elsewhere."""
    monkeypatch.setattr(places, "SYSTEM_STATE", short_folder / "state")
    monkeypatch.setattr(embedded, "SYSTEM_STATE", short_folder / "state")
    monkeypatch.setattr(embedded, "bundled", lambda: _closed_programs(closed))
    closed = short_folder / "closed"
    closed.mkdir(mode=0o700)
    async with await Embedded.start(closed / "home") as server:
        assert await answers(server.dsn)
        program = Path(f"/proc/{server.pid}/exe").readlink()
    assert program.is_relative_to(short_folder / "state")
    where = Path((closed / "home" / "pg.place").read_text().strip())
    assert where.parent == short_folder / "state"
    assert (where / "data" / "PG_VERSION").exists()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    async with await Embedded.start(closed / "home") as again:
        assert await answers(again.dsn)
    assert len(list((short_folder / "state").iterdir())) == 2, "the data, and the programs"


@as_root
def test_an_ordinary_user_runs_its_own(short_folder: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    user = places.Owner("nobody", nobody.pw_uid, nobody.pw_gid)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    pythons = [Path(sys.executable), Path("/usr/bin") / version]
    python = next((p for p in pythons if p.exists() and places.reachable(p, user)), None)
    if python is None or not places.reachable(Path(asyncpg.__file__).parent, user):
        pytest.skip("this Python lies where no other user may run it")
    home = short_folder / "home"
    home.mkdir()
    shutil.chown(home, nobody.pw_uid)
    packages = Path(asyncpg.__file__).parents[1]
    done = subprocess.run(
        [python, "-c", OPEN_AND_SAY, home],
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": f"{SOURCE}:{packages}"},
        cwd="/",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (home / "pg" / "data").stat().st_uid == nobody.pw_uid


def _closed_programs(closed: Path) -> Path:
    """The programs as they lie in a checkout below a closed folder."""
    wheel = bundled().parents[1]
    for folder in (wheel, wheel.with_name(f"{wheel.name}.libs")):
        link = closed / folder.name
        if not link.exists():
            shutil.copytree(folder, link, ignore=shutil.ignore_patterns("include", "pginstall"))
    return closed / bundled().relative_to(wheel.parent)
