"""Each import contract bites: a fault planted in a copy of the source breaks it, by name."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINTER = Path(sys.executable).with_name("lint-imports")
EMPTY = '"""What it is."""\n'

FAULTS = {
    # contract: (the module that breaks it, what it imports, modules that must be there)
    "floors": ("mtd/core/planted.py", "mtd.runtime.clock", ()),
    "core": ("mtd/core/process/planted.py", "mtd.core.orders", ()),
    "pure": ("mtd/core/process/planted.py", "time", ()),
    "markup": ("mtd/core/process/elements/planted.py", "lxml", ()),
    "seals": ("mtd/core/orders/planted.py", "cryptography", ()),
    "simulators": ("mtd/simulators/planted.py", "mtd.core.money", ()),
    "sql": ("mtd/runtime/planted.py", "asyncpg", ()),
    "web": ("mtd/connectors/planted.py", "litestar", ()),
    "elements": ("mtd/core/process/elements/task.py", "mtd.core.process.elements.user_task", ()),
    "faces": ("mtd/faces/cli/planted.py", "mtd.faces.api", ()),
    "connectors": ("mtd/connectors/planted.py", "mtd.connectors.other", ("connectors/other",)),
    "seam": ("mtd/runtime/tax/planted.py", "mtd.core.tax.countries.cl", ()),
    "countries": (
        "mtd/core/tax/countries/cl.py",
        "mtd.core.tax.countries.pe",
        ("core/tax/__init__", "core/tax/countries/__init__", "core/tax/countries/pe"),
    ),
    "pages": (
        "mtd/faces/portal/pages/orders.py",
        "mtd.faces.portal.pages.errors",
        ("faces/portal/__init__", "faces/portal/pages/__init__", "faces/portal/pages/errors"),
    ),
    "circles": ("mtd/core/money.py", "mtd.core.orders", ()),
}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source and of the contracts."""
    folder = tmp_path_factory.mktemp("floors")
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_every_contract_has_its_fault() -> None:
    assert {contract["id"] for contract in _contracts()} == set(FAULTS)


@pytest.mark.parametrize("contract", FAULTS)
def test_a_contract_bites(contract: str, source: Path) -> None:
    place, imported, companions = FAULTS[contract]
    made: list[Path] = []
    for companion in companions:
        made += _write(source / "src" / "mtd" / f"{companion}.py", EMPTY)
    planted = source / "src" / place
    before = planted.read_text(encoding="utf-8") if planted.exists() else None
    made += _write(planted, (before or EMPTY) + f"import {imported}\n")
    try:
        done = _lint(source, contract)
    finally:
        for path in made:
            path.unlink()
        if before is not None:
            planted.write_text(before, encoding="utf-8")
    assert done.returncode == 1, done.stdout
    assert "BROKEN" in done.stdout, done.stdout
    assert imported.split(".")[-1] in done.stdout


def test_the_floors_are_exhaustive(source: Path) -> None:
    """A new folder beside the floors is refused until somebody says where it stands."""
    made = _write(source / "src" / "mtd" / "attic" / "__init__.py", EMPTY)
    try:
        done = _lint(source, "floors")
    finally:
        for path in made:
            path.unlink()
    assert done.returncode == 1
    assert "attic" in done.stdout


def _contracts() -> list[dict[str, Any]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return settings["tool"]["importlinter"]["contracts"]


def _write(path: Path, text: str) -> list[Path]:
    """Write `path`; what was not there before, to be taken away again."""
    new = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return [path] if new else []


def _lint(source: Path, contract: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINTER, "--no-cache", "--no-logo", "--contract", contract],
        cwd=source,
        env={**os.environ, "PYTHONPATH": str(source / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
