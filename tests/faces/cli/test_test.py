"""`mtd test` runs every check, fails if any does, and the command line starts at once."""

import subprocess
import sys

import pytest

from mtd.faces.cli import COMMANDS, app, test

FINE = test.Check("fine", ("python", "-c", "pass"))
BROKEN = test.Check("broken", ("python", "-c", "raise SystemExit(3)"))
ECHO = test.Check("tests", ("python", "-c", "import sys; sys.exit(sys.argv[1:] != ['-k', 'x'])"))


@pytest.mark.parametrize(
    ("checks", "code"), [((FINE,), 0), ((BROKEN, FINE), 1), ((FINE, BROKEN), 1), ((ECHO,), 0)]
)
def test_any_failure_fails(
    checks: tuple[test.Check, ...],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(test, "CHECKS", checks)
    with pytest.raises(SystemExit) as ended:
        app(["test", "-k", "x"])
    assert ended.value.code == code
    said = capsys.readouterr().out
    assert all(check.name in said for check in checks)
    assert ("failed (3)" in said) == (BROKEN in checks)


def test_help_loads_no_command() -> None:
    script = """
import sys
from mtd.faces.cli import app
try:
    app(["--help"])
except SystemExit:
    pass
loaded = {name for name in sys.modules if name.startswith("mtd.")}
sys.exit(", ".join(loaded - {"mtd.faces", "mtd.faces.cli"}) or 0)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert all(f" {name} " in done.stdout for name in COMMANDS)
