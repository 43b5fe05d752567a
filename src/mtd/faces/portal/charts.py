"""Charts: numbers as places in a drawing, from which templates make SVG without any script."""

from collections.abc import Sequence

import msgspec

WIDTH, HEIGHT = 720, 200
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 8, 20
"""Margins of the plot: scale at the left, hours below."""
TICKS = 4


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """A day's curve over the band of what is usual."""

    now: str
    """Points of a polyline."""
    usual: str
    band: str
    """Points of a polygon: between the least and the most."""
    ticks: list[tuple[float, float]]
    """Values of the scale, and how high they are."""
    hours: list[tuple[int, float]]
    """Hours below it, and where."""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM


def curve(
    now: Sequence[float | None],
    usual: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
) -> Curve:
    """The curve of as many points as there are."""
    most = nice(max((*high, *usual, *(value for value in now if value is not None)), default=0.0))
    step = (WIDTH - LEFT - RIGHT) / max(1, len(usual) - 1)
    room = HEIGHT - TOP - BOTTOM

    def place(n: int, value: float) -> str:
        return f"{LEFT + n * step:.1f},{_up(value, most, room):.1f}"

    upper = [place(n, value) for n, value in enumerate(high)]
    lower = [place(n, value) for n, value in enumerate(low)]
    return Curve(
        now=" ".join(place(n, value) for n, value in enumerate(now) if value is not None),
        usual=" ".join(place(n, value) for n, value in enumerate(usual)),
        band=" ".join((*upper, *reversed(lower))),
        ticks=[
            (most * n / TICKS, round(_up(most * n / TICKS, most, room), 1))
            for n in range(TICKS + 1)
        ],
        hours=[(n, round(LEFT + n * step, 1)) for n in range(0, len(usual), 3)],
    )


def spark(values: Sequence[float | None], width: int = 100, height: int = 24) -> str:
    """The points of a small line without a scale."""
    known = [value for value in values if value is not None]
    most = max(known, default=0.0) or 1.0
    step = width / max(1, len(values) - 1)
    return " ".join(
        f"{n * step:.1f},{height - 2 - value / most * (height - 4):.1f}"
        for n, value in enumerate(values)
        if value is not None
    )


def parts(values: Sequence[float], width: float = 200.0) -> list[tuple[float, float]]:
    """Where each part of a bar begins, and how wide it is."""
    whole = sum(values) or 1.0
    found: list[tuple[float, float]] = []
    at = 0.0
    for value in values:
        size = value / whole * width
        found.append((round(at, 1), round(size, 1)))
        at += size
    return found


def nice(most: float) -> float:
    """The next of 1, 2, 4, 5, 8 times a power of ten, from which a scale is read easily."""
    if most <= 0:
        return 4.0
    power = 10.0 ** (len(str(int(most))) - 1)
    for times in (1, 2, 4, 5, 8, 10):
        if times * power >= most and times * power >= 4:
            return times * power
    return 10.0 * power


def _up(value: float, most: float, room: int) -> float:
    return TOP + room - min(value, most) / most * room
