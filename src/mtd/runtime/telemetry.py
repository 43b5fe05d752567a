"""Telemetry: the meters that Prometheus reads and the log that people read."""

import logging
import os
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.multiprocess import MultiProcessCollector
from structlog.typing import EventDict

from mtd.core.process.definition import Evaluate
from mtd.core.process.outcome import Done, Outcome, Refused
from mtd.runtime.clock import elapsed_s
from mtd.store.operations.census import Intake

BUCKETS_S = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 11.9)
HANDLERS_MAX = 200
"""Handlers counted by name; what comes beyond them is counted together, as OTHER."""
OTHER = "other"


class Meters:
    """Every figure a process exports; one registry each, so that tests do not share.

    A handler is a unit of work that an order passes through (REQ-104): a connector's operation, a
    decision table, a step of the intake, the turn. `docs/operating.md` lists them.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._handlers: dict[str, tuple[Counter, Histogram, Counter, Counter]] = {}
        """Each handler's own four; looking them up by label costs more than counting."""
        self.invocations = Counter(
            "mtd_handler_invocations", "Attempts made", ["handler"], registry=self.registry
        )
        self.errors = Counter(
            "mtd_handler_errors", "Attempts that failed", ["handler"], registry=self.registry
        )
        self.successes = Counter(
            "mtd_handler_successes",
            "Attempts that ended in an answer, a business refusal included",
            ["handler"],
            registry=self.registry,
        )
        self.duration_s = Histogram(
            "mtd_handler_duration_seconds",
            "Duration of an attempt",
            ["handler"],
            buckets=BUCKETS_S,
            registry=self.registry,
        )
        self.steps = Counter("mtd_steps", "Journal rows committed", registry=self.registry)
        self.turns = Counter("mtd_turns", "Commits", registry=self.registry)
        self.turn_s = Histogram(
            "mtd_turn_seconds", "Duration of a turn", buckets=BUCKETS_S, registry=self.registry
        )
        self.live = Gauge(
            "mtd_live_instances",
            "Instances in memory",
            registry=self.registry,
            multiprocess_mode="livesum",
        )
        self.incidents = Counter("mtd_incidents", "Incidents raised", registry=self.registry)
        self.ignored = Counter(
            "mtd_ignored_triggers", "Triggers that answered nothing awaited", registry=self.registry
        )

        self.messages = Counter(
            "mtd_messages", "Messages by what became of them", ["name", "outcome"],
            registry=self.registry,
        )  # fmt: skip
        self.expired = Counter(
            "mtd_messages_expired", "Messages that nobody took in time", registry=self.registry
        )
        self.files_found = Counter(
            "mtd_intake_files_found", "Files registered, complete", registry=self.registry
        )
        self.files = Counter(
            "mtd_intake_files",
            "Attempts at files, by what came of them: DONE, DUPLICATE, WAITING or FAILED",
            ["outcome"],
            registry=self.registry,
        )
        self.file_s = Histogram(
            "mtd_intake_seconds",
            "Duration of an attempt at a file, with the others of its batch",
            buckets=BUCKETS_S,
            registry=self.registry,
        )

    def collected(self) -> CollectorRegistry:
        """The meters of every process that shares `PROMETHEUS_MULTIPROC_DIR`, else our own."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return self.registry
        together = CollectorRegistry()
        MultiProcessCollector(together)
        return together

    def called(self, handler: str, outcome: Outcome, took_s: float) -> None:
        """An attempt came back; a business refusal is an answer, and no error."""
        failed = not isinstance(outcome, Done | Refused)
        self.worked(handler, took_s, successes=not failed, errors=failed)

    def worked(self, handler: str, took_s: float, *, successes: int = 1, errors: int = 0) -> None:
        """`handler` was invoked once, or so often at once; each time took `took_s` on average."""
        known = self._handlers.get(handler) or self._handler(handler)
        invocations, duration_s, succeeded, failed = known
        invocations.inc(successes + errors)
        duration_s.observe(took_s)
        if successes:
            succeeded.inc(successes)
        if errors:
            failed.inc(errors)

    @contextmanager
    def handling(self, handler: str) -> Generator[None]:
        """What happens within is one invocation of `handler`; what is raised, its error."""
        began_s, failed = elapsed_s(), True
        try:
            yield
            failed = False
        finally:
            self.worked(handler, elapsed_s() - began_s, successes=not failed, errors=failed)

    def metered(self, handler: str, evaluate: Evaluate) -> Evaluate:
        """`evaluate`, each evaluation of which is an invocation of `handler`."""

        def evaluated(variables: Mapping[str, Any], now: datetime) -> Any:
            with self.handling(handler):
                return evaluate(variables, now)

        return evaluated

    def _handler(self, handler: str) -> tuple[Counter, Histogram, Counter, Counter]:
        """Every figure of a handler is there, and 0, from its first invocation on."""
        name = handler if len(self._handlers) < HANDLERS_MAX else OTHER
        self._handlers[name] = (
            self.invocations.labels(name),
            self.duration_s.labels(name),
            self.successes.labels(name),
            self.errors.labels(name),
        )
        return self._handlers[name]


def intake_gauges(now: datetime, intake: Intake) -> CollectorRegistry:
    """How many files stand where, and since how long the oldest do, at this moment."""
    registry = CollectorRegistry()
    files = Gauge("mtd_intake_files_now", "Files by state", ["state"], registry=registry)
    oldest_s = Gauge(
        "mtd_intake_oldest_seconds",
        "Age of the oldest file that is to be taken in, and that waits for a person; 0 without one",
        ["state"],
        registry=registry,
    )
    files.labels("NEW").set(intake.due)
    files.labels("WAITING").set(intake.waiting)
    files.labels("REJECTED").set(intake.rejected)
    for state, since in (("NEW", intake.due_since), ("WAITING", intake.waiting_since)):
        oldest_s.labels(state).set((now - since).total_seconds() if since is not None else 0.0)
    return registry


LOG = "MTD_LOG"
"""Environment: a file that a process logs to, where standard error is for people."""


def log_stream(environment: Mapping[str, str]) -> TextIO:
    """Where this process logs: the file that the environment names, else standard error."""
    path = environment.get(LOG)
    return Path(path).open("a", encoding="utf-8") if path else sys.stderr


def traced(_: Any, __: str, event: EventDict) -> EventDict:
    """A line about an instance bears a trace id: its UUID in 32 hex digits (W3C Trace Context)."""
    if "instance" in event:
        event["trace_id"] = str(event["instance"]).replace("-", "")
    return event


def log_to(stream: Any = sys.stderr, level: int = logging.INFO, human: bool = False) -> None:
    """Structured logs, one JSON object a line, or lines for people."""
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=False)
        if human
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            traced,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(stream),
    )
