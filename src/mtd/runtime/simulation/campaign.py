"""A campaign: so many steps over so many drawings, from one seed, and what was seen."""

import hashlib
import time
from collections import Counter
from collections.abc import Sequence
from random import Random

import msgspec

from mtd.core.process.advance import DEADLOCK
from mtd.core.process.definition import Definition
from mtd.core.process.journal import Fact, decode
from mtd.core.process.running import ENDLESS
from mtd.core.process.trigger import Trigger
from mtd.runtime.simulation.blocks import draw
from mtd.runtime.simulation.compiling import compiled
from mtd.runtime.simulation.drafting import Draft
from mtd.runtime.simulation.mutating import mutate
from mtd.runtime.simulation.operating import Operators
from mtd.runtime.simulation.violation import Violation
from mtd.runtime.simulation.world import World

WILD_STEPS_MAX = 120
"""Steps of one instance before the world turns kind."""
KIND_STEPS_MAX = 1_500
"""Steps within which a sound drawing must end in a kind world."""
SPOILT_STEPS_MAX = 40
"""Kind steps after which an operator ends an instance of a spoilt drawing."""
STOPS_OF = 10
"""One instance of so many is ended by an operator where it stands, before the world turns kind."""
TOKENS_MAX = 100
"""Tokens beyond which a spoilt drawing multiplies them without end."""
MUTANTS_OF = 4
"""One drawing of so many is spoilt."""
OPERATORS = (Operators.CORRECTING, Operators.CORRECTING, Operators.GENTLE, Operators.ROUGH)
"""Who operates: in two stories of four, people who change more than a variable."""


class Found(msgspec.Struct, frozen=True):
    """A promise that was broken, and how to see it again."""

    seed: str
    letter: str
    words: str


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a campaign saw."""

    seed: int
    steps: int
    drawings: int
    refused: int
    """Spoilt drawings that the compiler would not run."""
    ended: int
    stopped: int
    """Spoilt drawings whose instance an operator had to end."""
    kinds: dict[str, int]
    """Nodes that were drawn and ran, by kind."""
    triggers: dict[str, int]
    changes: dict[str, int]
    """Modifications and migrations, those that were refused apart."""
    violations: list[Found]
    digest: str
    """SHA-256 over every journal row: the same seed gives the same."""
    took_s: float


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """One play, told."""

    definitions: list[Definition]
    """The drawing after each step."""
    steps: list[tuple[Trigger, list[Fact]]]
    violations: list[Found]


class Campaign:
    """Plays drawing after drawing until enough steps were made."""

    def __init__(self, seed: int, operators: Sequence[Operators] = OPERATORS) -> None:
        self.seed = seed
        self.operators = operators
        """Who may operate; each story has one of them."""
        self.steps = self.drawings = self.refused = self.ended = self.stopped = 0
        self.kinds: Counter[str] = Counter()
        self.triggers: Counter[str] = Counter()
        self.changes: Counter[str] = Counter()
        self.violations: list[Found] = []
        self.last: World | None = None
        """The world of the drawing that was played last."""
        self._digest = hashlib.sha256()

    def run(self, steps: int) -> Outcome:
        """At least `steps` steps."""
        began_s = time.perf_counter()
        while self.steps < steps:
            self.play(f"{self.seed}:{self.drawings}")
        return Outcome(
            seed=self.seed, steps=self.steps, drawings=self.drawings, refused=self.refused,
            ended=self.ended, stopped=self.stopped, kinds=dict(sorted(self.kinds.items())),
            triggers=dict(sorted(self.triggers.items())),
            changes=dict(sorted(self.changes.items())), violations=self.violations,
            digest=self._digest.hexdigest(), took_s=time.perf_counter() - began_s,
        )  # fmt: skip

    def play(self, seed: str) -> None:
        """One drawing and one instance of it, wholly given by `seed`."""
        self.drawings += 1
        chance = Random(seed)  # noqa: S311 the same each time, on purpose
        spoilt = chance.randrange(MUTANTS_OF) == 0
        draft = Draft(chance)
        draw(draft)
        if spoilt:
            mutate(draft)
        definition = compiled(draft)
        if definition is None:
            self.refused += 1
            if not spoilt:
                self.violations.append(Found(seed, "I9", "a sound drawing was refused"))
            return
        self.kinds.update(element.kind for element in definition.elements.values())
        try:
            self._live(World(definition, draft, not spoilt, chance.choice(self.operators)))
        except Violation as violation:
            self.violations.append(Found(seed, violation.letter, str(violation)))
        except Exception as error:  # noqa: BLE001 `advance` never raises, whatever was drawn
            self.violations.append(Found(seed, "RAISED", f"{type(error).__name__}: {error}"))

    def _live(self, world: World) -> None:
        self.last = world
        try:
            world.begin()
            _play_on(world)
            if world.over:
                self.ended += 1
            elif not world.sound:
                self.stopped += 1
                world.stop()
            else:
                waits = sorted(wait.element for wait in world.instance.waits.values())
                raise Violation("I9", f"a sound drawing does not end: {waits}")
        finally:
            self.steps += len(world.entries)
            self.changes.update(world.changes)
            self.triggers.update(type(trigger).__name__ for trigger in world.triggers)
            for entry in world.entries:
                self._digest.update(entry.payload)


def _play_on(world: World) -> None:
    """The wild part of a story, and then the kind one, up to the end or the last step."""
    wild = world.chance.randrange(WILD_STEPS_MAX)
    for number in range(wild + KIND_STEPS_MAX):
        if not world.sound and (number >= wild + SPOILT_STEPS_MAX or _is_hopeless(world)):
            return
        if world.over:
            return
        _must_be_sound(world)
        world.kind = number >= wild
        if number == wild and not world.chance.randrange(STOPS_OF):
            world.stop()
        else:
            world.step()


def _must_be_sound(world: World) -> None:
    """I9: no instance of a sound drawing waits for itself, or goes round."""
    for incident in world.instance.incidents.values():
        if incident.code in (DEADLOCK, ENDLESS) and world.sound:
            raise Violation("I9", f"a sound drawing is in trouble: {incident.message}")


def _is_hopeless(world: World) -> bool:
    """Going round without a wait, or breeding: the engine said so, and would at every step."""
    instance = world.instance
    endless = any(incident.code == ENDLESS for incident in instance.incidents.values())
    return endless or len(instance.tokens) > TOKENS_MAX


def replayed(seed: str) -> Story:
    """What happened in the play that `seed` gives, as `Found.seed` cites it."""
    campaign = Campaign(0)
    campaign.play(seed)
    world = campaign.last
    steps = (
        []
        if world is None
        else [
            (trigger, decode(entry.payload).facts)
            for trigger, entry in zip(world.triggers, world.entries, strict=True)
        ]
    )
    definitions = [] if world is None else world.definitions
    return Story(definitions=definitions, steps=steps, violations=campaign.violations)
