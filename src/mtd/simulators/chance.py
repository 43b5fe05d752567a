"""Chance on order: draws that depend on the seed and on what is drawn for, never on the turn."""

import math
from hashlib import blake2b

P99_SIGMAS = 2.3263478740408408
"""The 99th percentile of the standard normal distribution."""


def chance(seed: int, *about: str | int) -> float:
    """A number in [0, 1), the same for the same `seed` and `about` in every run.

    Whatever order requests arrive in, each draws its own fate: a run can be repeated.
    """
    text = "\0".join([str(seed), *map(str, about)]).encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest()) / 2**64


def lognormal_s(median_ms: float, p99_ms: float, uniform: float) -> float:
    """Seconds at the quantile `uniform` of the lognormal with this median and 99th percentile."""
    if median_ms <= 0:
        return 0.0
    sigma = math.log(max(p99_ms / median_ms, 1.0)) / P99_SIGMAS
    return median_ms * math.exp(sigma * _normal_quantile(uniform)) / 1000


def _normal_quantile(uniform: float) -> float:
    """The standard normal quantile, within 0.0045 (Hastings; Abramowitz and Stegun 26.2.23)."""
    tail = min(uniform, 1 - uniform)
    t = math.sqrt(-2 * math.log(max(tail, 1e-9)))
    above = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (
        1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
    )
    return above if uniform > 0.5 else -above
