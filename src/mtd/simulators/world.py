"""What a simulated system is built from: its delays, options, chance, and its voice to MTD."""

from typing import TypeVar

import msgspec

from mtd.simulators.announcer import Announcer
from mtd.simulators.chance import chance
from mtd.simulators.settings import BadSettings, SystemSettings

Option = TypeVar("Option")


class World:
    """Around one system while it is built; `check` then says which settings nobody asked for."""

    def __init__(
        self,
        *,
        seed: int,
        name: str,
        run: str,
        settings: SystemSettings,
        time_scale: float,
        announcer: Announcer,
    ) -> None:
        self.announcer = announcer
        self._seed = seed
        self._name = name
        self._run = run
        self._given = 0
        self._settings = settings
        self._time_scale = time_scale
        self._asked: set[str] = set()

    def delay_s(self, name: str, default_s: float) -> float:
        """The named delay in seconds of real time: as set, else `default_s`, times the scale."""
        self._asked.add(f"delays_s.{name}")
        return self._settings.delays_s.get(name, default_s) * self._time_scale

    def option(self, name: str, shape: type[Option], default: Option) -> Option:
        """The option `name`; raises BadSettings when it is not of this shape."""
        self._asked.add(f"options.{name}")
        if name not in self._settings.options:
            return default
        try:
            return msgspec.convert(self._settings.options[name], shape)
        except msgspec.ValidationError as error:
            raise BadSettings(f"systems.{self._name}.options.{name}: {error}") from error

    def new_id(self, prefix: str) -> str:
        """An id that no other thing in this run or another has."""
        self._given += 1
        return f"{prefix}-{self._run}-{self._given}"

    def chance(self, *about: str | int) -> float:
        """A number in [0, 1) that depends on nothing but the seed and what it is drawn for."""
        return chance(self._seed, self._name, *about)

    def check(self) -> None:
        """Raises BadSettings for a delay or option that this system does not know."""
        given = {f"delays_s.{name}" for name in self._settings.delays_s}
        given |= {f"options.{name}" for name in self._settings.options}
        for name in sorted(given - self._asked):
            known = ", ".join(sorted(self._asked)) or "none"
            raise BadSettings(f"systems.{self._name}.{name}: unknown; there are {known}")
