"""Running the real command."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def mtd(
    *arguments: str, home: Path, timeout_s: float = 60, **environment: str
) -> subprocess.CompletedProcess[str]:
    """`mtd ARGUMENTS` in the checkout, with a home of its own."""
    return subprocess.run(
        [sys.executable, "-m", "mtd", *arguments],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT / "src"),
            "MTD_HOME": str(home / "home"),
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
