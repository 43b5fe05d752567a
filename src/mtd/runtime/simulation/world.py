"""The world of one instance: whatever may happen to it, at random, and then kindly."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import msgspec

from mtd.core.process.advance import Moved, advance, born, migrate
from mtd.core.process.counterparts import mapped
from mtd.core.process.definition import Definition
from mtd.core.process.effect import Call, Listening, Subscription, Timer, UserTask
from mtd.core.process.instance import Instance, State, Wait
from mtd.core.process.journal import Entry, Sent
from mtd.core.process.outcome import Done, Failed, InDoubt, Outcome, Refused, Unknown
from mtd.core.process.trigger import (
    Answered,
    Changed,
    Fired,
    Received,
    Redefined,
    Retried,
    Start,
    Stopped,
    Submitted,
    Trigger,
)
from mtd.runtime.simulation.borders import Borders
from mtd.runtime.simulation.changes import (
    check_followed,
    check_modified,
    is_refused,
    may_be_refused,
)
from mtd.runtime.simulation.compiling import compiled
from mtd.runtime.simulation.drafting import Draft
from mtd.runtime.simulation.events import ERROR
from mtd.runtime.simulation.invariants import check, check_fold, check_interruption
from mtd.runtime.simulation.ledger import Ledger
from mtd.runtime.simulation.operating import Operators, corrected, eased, moved_about
from mtd.runtime.simulation.redrawing import Redrawn, gently, roughly
from mtd.runtime.simulation.violation import Violation

BEGAN = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
GENESIS_EVERY = 50
"""Steps between two folds from the beginning; from the snapshot it is folded at every one."""
MAILBOX_MAX = 20
"""Messages that came early and wait."""
TIMERS_MAX = 20
"""Timers that fire in one jump of the clock; the rest fire in the next."""
HALF_A_YEAR_S = 183 * 86400.0
"""Over a change to summer time, or back."""
JUMPS_S = (0.0, 1.0, 30.0, 90.0, 3600.0, HALF_A_YEAR_S)
HOUR_S = 3600.0
REFUSALS = (ERROR, "E2")


class World:
    """One instance, its drawing, its clock, and what was said too early."""

    def __init__(
        self, definition: Definition, draft: Draft, sound: bool, operators: Operators
    ) -> None:
        self.definition = definition
        self.draft = draft
        self.sound = sound
        """Whether it must come to its end in a kind world."""
        self.operators = operators
        self.chance: Random = draft.chance
        self.now = BEGAN
        self.kind = False
        """From here on the world lets everything come to its end."""
        self.triggers: list[Trigger] = []
        self.entries: list[Entry] = []
        """What happened, and the journal row of each."""
        self.definitions: list[Definition] = []
        """The drawing after each."""
        self.changes: Counter[str] = Counter()
        """What operators changed, and what they were refused."""
        self.answered: list[int] = []
        """Waits that are over: they get late and repeated answers."""
        self._genesis = self._snapshot = born("0", definition, "k")
        self._mailbox: list[str] = []
        self._ledger = Ledger(definition)
        self._borders = Borders()
        self.instance = self._genesis

    def begin(self) -> None:
        """The instance starts."""
        chance = self.chance
        variables = {
            "answer": bool(chance.randrange(2)), "again": not chance.randrange(3), "go": False,
            "n": chance.randrange(3),
        }  # fmt: skip
        self.let(Start(at=self.now, variables=variables))

    @property
    def over(self) -> bool:
        """Whether the instance has come to its end."""
        return self.instance.state is not State.RUNNING

    def step(self) -> None:
        """Something happens; raises Violation when a promise is broken by it."""
        choice = self.chance.random()
        if self.kind:
            self._kindly(choice)
        elif choice < 0.02 and self.instance.waits:
            self._astray(self.chance.choice(list(self.instance.waits)))
        elif choice < 0.06 and self.answered:
            self._too_late()
        elif choice < (0.12 if self.operators is Operators.CORRECTING else 0.2):
            self._operate()
        elif choice < 0.28:
            self._pass(self.chance.choice(JUMPS_S))
        else:
            self._meet(self.chance.choice(list(self.instance.waits.values()) or [None]))

    def stop(self) -> None:
        """An operator ends it where it stands; nothing may be left."""
        self.let(Stopped(at=self.now, actor="ana", reason="enough"))

    def let(self, trigger: Trigger) -> None:
        """`trigger` happens, and every promise is checked."""
        self._take(trigger, advance(self.definition, self.instance, trigger))

    def _take(self, trigger: Trigger, moved: Moved) -> None:
        before = self.instance
        self.triggers.append(trigger)
        self.entries.append(moved.entry)
        self.definitions.append(self.definition)
        self.instance = moved.instance
        self._ledger.take(moved.facts, before, moved.instance)
        self._borders.take(self.definition, moved.facts, before, moved.instance)
        check(self.definition, moved.instance)
        check_interruption(self.definition, before, trigger, moved.instance)
        check_fold(self._snapshot, (moved.entry,), self.instance)
        self._snapshot = _DECODER.decode(_ENCODER.encode(self.instance))
        if len(self.entries) % GENESIS_EVERY == 0:
            check_fold(self._genesis, self.entries, self.instance)
        for fact in moved.facts:
            if isinstance(fact, Sent) and len(self._mailbox) < MAILBOX_MAX:
                self._mailbox.append(fact.message.name)

    # -- what happens ----------------------------------------------------------------------

    def _kindly(self, choice: float) -> None:
        """Whatever helps: incidents are settled, services answer, messages come, time passes."""
        if self.instance.incidents:
            variables = {"answer": True, "again": False, "go": True, "n": 1}
            self.let(Retried(at=self.now, variables=variables, actor="ana", reason="put right"))
        elif choice < 0.15:
            self.let(Changed(at=self.now, variables={"again": False, "go": True}, actor="ana"))
        elif choice < 0.3:
            self._pass(HOUR_S)
        else:
            self._meet(self.chance.choice(list(self.instance.waits.values()) or [None]))

    def _meet(self, wait: Wait | None) -> None:
        """What `wait` waits for comes, one way or another."""
        match wait and wait.effect:
            case Call() if wait is not None:
                self.answered.append(wait.id)
                self.let(Answered(at=self.now, wait=wait.id, outcome=self._outcome()))
            case UserTask() if wait is not None:
                self.answered.append(wait.id)
                outputs = {"answer": self.kind or self.chance.random() < 0.5}
                self.let(Submitted(at=self.now, wait=wait.id, outputs=outputs, actor="ana"))
            case Subscription(name=name) | Listening(name=name) if wait is not None:
                self.answered.append(wait.id)
                self.let(Received(at=self.now, wait=wait.id, name=name, payload={"n": 1}))
            case Timer(due=due):
                self._pass(max((due - self.now).total_seconds(), 0.0))
            case _:
                self.let(Changed(at=self.now, variables={"go": True}, actor="ana"))

    def _outcome(self) -> Outcome:
        if self.kind:
            return Done({"again": False})
        refusal = Refused(self.chance.choice(REFUSALS), "no", {"n": 2})
        return self.chance.choice(
            (Done({"n": 1}), Done({"answer": False}), Done({"again": False}), Done({"n": 5}),
             Failed("down"), Unknown("no answer"), InDoubt("who knows"), refusal)
        )  # fmt: skip

    def _pass(self, seconds: float) -> None:
        """The clock goes forward; every timer due on the way fires in its turn."""
        until = self.now + timedelta(seconds=seconds)
        for _ in range(TIMERS_MAX):
            due = [
                (wait.effect.due, wait.id)
                for wait in self.instance.waits.values()
                if isinstance(wait.effect, Timer) and wait.effect.due <= until
            ]
            if not due or self.over:
                break
            at, wait = min(due)
            self.now = max(self.now, at)
            self.answered.append(wait)
            self.let(Fired(at=self.now, wait=wait))
        self.now = max(self.now, until)
        self._deliver()

    def _deliver(self) -> None:
        """A message that came early meets who awaits it now."""
        for name in list(self._mailbox):
            for wait in list(self.instance.waits.values()):
                awaited = wait.effect
                if isinstance(awaited, Subscription | Listening) and awaited.name == name:
                    self._mailbox.remove(name)
                    self.answered.append(wait.id)
                    self.let(Received(at=self.now, wait=wait.id, name=name))
                    return

    def _too_late(self) -> None:
        """An answer comes a second time, or to a wait that is long over."""
        wait = self.chance.choice(self.answered)
        late: list[Trigger] = [
            Answered(at=self.now, wait=wait, outcome=self._outcome()),
            Fired(at=self.now, wait=wait),
            Received(at=self.now, wait=wait, name="late"),
            Submitted(at=self.now, wait=wait),
        ]
        self.let(self.chance.choice(late))

    def _astray(self, wait: int) -> None:
        """A message that nobody awaits, by its name or its key, comes to who awaits another thing:
        nothing of the instance changes.
        """
        before = self.instance
        self.let(Received(at=self.now, wait=wait, name="nobody's", payload={"n": 9}))
        if self.instance != msgspec.structs.replace(before, seq=before.seq + 1):
            raise Violation("WHOLE", "a message that nobody awaits was let in")

    # -- what operators do -----------------------------------------------------------------

    def _operate(self) -> None:
        """A person acts on the instance; of those who change more, two times of three."""
        if self.operators is Operators.CORRECTING or not self.chance.randrange(3):
            self.let(corrected(self.chance, self.now))
            return
        gentle = self.operators is Operators.GENTLE or not self.chance.randrange(3)
        (self._modify if self.chance.randrange(5) < 3 else self._migrate)(gentle)

    def _modify(self, gentle: bool) -> None:
        before = self.instance
        act = eased if gentle else moved_about
        change = act(self.definition, before, self.chance, self.now)
        moved = advance(self.definition, before, change)
        if not is_refused(moved.facts):
            self._ledger.modify(change, before)
        self._note("modified", moved, gentle)
        self._take(change, moved)
        check_modified(self.definition, before, change, moved.facts, moved.instance)

    def _migrate(self, gentle: bool) -> None:
        """The instance is to go on with the next version of its drawing, if that is one."""
        redrawn = gently(self.draft) if gentle else roughly(self.draft)
        version = self.definition.version + 1
        if redrawn.alike:
            new = msgspec.structs.replace(self.definition, version=version)
        else:
            new = compiled(redrawn.draft, version)
        if new is not None:
            self._follow(new, redrawn, gentle)
        elif gentle and self.sound:
            raise Violation("I9", "a sound drawing was refused when it was gently redrawn")

    def _follow(self, new: Definition, redrawn: Redrawn, gentle: bool) -> None:
        old, before = self.definition, self.instance
        asked = Redefined(at=self.now, to=new.id, mapping=redrawn.mapping, actor="ana")
        moved = migrate(old, new, before, asked)
        if not is_refused(moved.facts):
            self._ledger.follow(new, before, mapped(old, new, redrawn.mapping))
            self._borders.follow()
            self.definition, self.draft = new, redrawn.draft
        elif gentle and not may_be_refused(before, redrawn.mapping):
            raise Violation("WHOLE", f"it cannot follow, and nothing is in the way: {moved.facts}")
        self._note("migrated", moved, gentle)
        self._take(asked, moved)
        check_followed(new, before, moved.facts, moved.instance, redrawn.alike)

    def _note(self, change: str, moved: Moved, gentle: bool) -> None:
        refused = is_refused(moved.facts)
        self.changes[f"not {change}" if refused else change] += 1
        if not gentle and not refused:
            self.sound = False


_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DECODER = msgspec.json.Decoder(Instance)
