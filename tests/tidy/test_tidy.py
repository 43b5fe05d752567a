"""Every file keeps the house style, and every rule of it bites."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tidy import rules

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("src", "tests", "benchmarks")
LEFT_OUT = {".git", ".venv", ".mtd", "node_modules", "__pycache__"}
TEXT_BYTES_MAX = 1 << 20
RULES = Path(__file__).with_name("rules.py")


def _modules() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted((ROOT / folder).rglob("*.py"))


def _texts() -> Iterator[tuple[str, str]]:
    """Every text of the project, by its path; what Git ignores is not of the project."""
    for path in sorted(ROOT.rglob("*")):
        relative = path.relative_to(ROOT)
        hidden = [part for part in relative.parts if part.startswith(".") and part != ".ci"]
        if LEFT_OUT & set(relative.parts) or len(hidden) > (relative.name == ".gitignore"):
            continue
        if path.is_file() and path.stat().st_size <= TEXT_BYTES_MAX:
            content = path.read_bytes()
            if b"\0" not in content:
                yield str(relative), content.decode("utf-8", errors="replace")


@pytest.mark.parametrize("rule", rules.PYTHON, ids=lambda rule: rule.__name__)
def test_modules_keep(rule: rules.Rule) -> None:
    faults = [
        fault
        for path in _modules()
        for fault in rule(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
        if path not in {RULES, Path(__file__)} or rule is not rules.finished
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("rule", rules.TEXT, ids=lambda rule: rule.__name__)
def test_texts_keep(rule: rules.Rule) -> None:
    own = str(Path(__file__).relative_to(ROOT))
    faults = [fault for path, text in _texts() if path != own for fault in rule(path, text)]
    assert not faults, "\n".join(faults)


def test_each_folder_is_a_package() -> None:
    """A folder without `__init__.py` would slip through the import contracts unseen."""
    modules = (ROOT / "src" / "mtd").rglob("*.py")
    bare = {path.parent for path in modules if not (path.parent / "__init__.py").exists()}
    assert not bare


def test_the_bootstrap_is_valid_posix() -> None:
    assert subprocess.run(["sh", "-n", ROOT / "mtd"], check=False).returncode == 0


DOC = '"""What it is."""\n'
HUNDRED = "x" * 99

BITES = [
    (rules.size, "src/mtd/a.py", DOC + "x = 1\n" * 300, "301 lines"),
    (rules.size, "src/mtd/a.py", DOC + f"# {HUNDRED}\n", "101 columns"),
    (rules.size, "src/mtd/a.py", DOC + "def f():\n" + "    x = 1\n" * 70, "f has 71 lines"),
    (rules.opening, "src/mtd/a.py", "x = 1\n", "does not open"),
    (rules.opening, "src/mtd/a.py", '"""no end"""\n', "does not open"),
    (rules.opening, "src/mtd/a.py", '"""Two\nlines."""\n', "does not open"),
    (rules.names, "src/mtd/order_utils/a.py", DOC, "order_utils"),
    (rules.names, "src/mtd/order_util.py", DOC, "order_util"),
    (rules.names, "src/mtd/common/a.py", DOC, "common"),
    (rules.names, "src/mtd/a.py", DOC + "class OrderManager: ...\n", "OrderManager"),
    (rules.names, "src/mtd/a.py", DOC + "class BaseOrder: ...\n", "BaseOrder"),
    (rules.names, "src/mtd/a.py", DOC + "class Database: ...\n", None),
    (rules.names, "src/mtd/a.py", DOC + "class DataObject: ...\n", None),
    (rules.imports, "src/mtd/a.py", DOC + "def f():\n    import os\n", "inside f"),
    (rules.imports, "src/mtd/a.py", DOC + "from typing import TYPE_CHECKING\n", "TYPE_CHECKING"),
    (rules.imports, "src/mtd/a.py", DOC + "import t\nif t.TYPE_CHECKING: ...\n", "TYPE_CHECKING"),
    (rules.clock, "src/mtd/a.py", DOC + "x = datetime.now(UTC)\n", "datetime.now"),
    (rules.clock, "src/mtd/a.py", DOC + "x = datetime.datetime.now()\n", "datetime.now"),
    (rules.clock, "src/mtd/a.py", DOC + "x = time.time\n", "time.time"),
    (rules.clock, "src/mtd/a.py", DOC + "x = time.monotonic()\n", None),
    (rules.clock, "src/mtd/runtime/clock.py", DOC + "x = time.time()\n", None),
    (rules.sql, "src/mtd/a.py", DOC + 'x = "SELECT 1"\n', "SQL"),
    (rules.sql, "src/mtd/a.py", DOC + 'x = f"DELETE FROM {x}"\n', "SQL"),
    (rules.sql, "src/mtd/a.py", DOC + 'x = "Select a file"\n', None),
    (rules.finished, "src/mtd/a.py", DOC + "x = 1  # TODO later\n", "TODO"),
    (rules.finished, "src/mtd/a.py", DOC + "raise NotImplementedError\n", "NotImplementedError"),
    (rules.places, "docs/a.md", "see /work/main/x\n", "/work/main"),
    (rules.places, "docs/a.md", "see /root/x\n", "/root/x"),
    (rules.places, "requirements.lock", "--index-url https://pypi.org/simple\n", "pypi.org"),
]


@pytest.mark.parametrize(("rule", "path", "text", "said"), BITES)
def test_a_rule_bites(rule: rules.Rule, path: str, text: str, said: str | None) -> None:
    faults = list(rule(path, text))
    if said is None:
        assert not faults
    else:
        assert len(faults) == 1
        assert said in faults[0]
