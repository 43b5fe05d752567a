"""The picture of the portal on the README's first screen, taken of a demo that has just ended.

`.venv/bin/python -m tests.faces.portal.picture docs/portal.png`
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tests.faces.portal.browser import WIDE, browsing

ROOT = Path(__file__).resolve().parents[3]
ADDRESS = re.compile(r"^portal: (\S+)\s+(\S+), password in (.+)$")


def main() -> None:
    """Play the demo, sign in, and keep what the first page shows."""
    asked = argparse.ArgumentParser(description="Take the README's picture of the portal.")
    asked.add_argument("picture", type=Path)
    asked.add_argument("--page", default="/")
    asked.add_argument("--orders", type=int, default=500)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    with _demo(given.orders, given.seed) as (url, login, password), browsing() as browser:
        width, height = WIDE
        page = browser.new_page(
            base_url=url, viewport={"width": width, "height": height}, locale="es-CL"
        )
        page.goto(f"/sign-in?next={given.page}")
        page.fill("#login", login)
        page.fill("#password", password)
        page.click("button.main")
        page.locator(".lamp.live").wait_for()
        page.screenshot(path=given.picture)


@contextmanager
def _demo(orders: int, seed: int) -> Generator[tuple[str, str, str]]:
    """A demo that stays up: the portal's address, a login, its password."""
    with tempfile.TemporaryDirectory(prefix="mtd-picture-") as home:
        child = subprocess.Popen(
            [sys.executable, "-m", "mtd", "demo", f"--orders={orders}", f"--seed={seed}"],
            cwd=ROOT,
            env={**os.environ, "MTD_HOME": home, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "400"},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert child.stdout is not None
            for line in child.stdout:
                sys.stdout.write(line)
                if found := ADDRESS.match(line.strip()):
                    yield found[1], found[2], Path(found[3].strip()).read_text().strip()
                    return
            raise SystemExit("the demo ended without saying where its portal is")
        finally:
            child.terminate()
            child.wait(60)


if __name__ == "__main__":
    main()
