"""The simulators' only clock."""

import time


def now_s() -> float:
    """Seconds since 1970 (UTC)."""
    return time.time()
