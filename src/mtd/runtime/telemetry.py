"""Telemetry: the meters that Prometheus reads and the log that people read."""

import logging
import os
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

from mtd.core.process.outcome import Done, Outcome, Refused
from mtd.store.census import Intake

BUCKETS_S = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 11.9)


class Meters:
    """Every figure a process exports; one registry each, so that tests do not share."""

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

    def called(self, service: str, outcome: Outcome, took_s: float) -> None:
        """An attempt of `service` came back."""
        known = self._handlers.get(service)
        if known is None:
            known = self._handlers[service] = (
                self.invocations.labels(service),
                self.duration_s.labels(service),
                self.successes.labels(service),
                self.errors.labels(service),
            )
        invocations, duration_s, successes, errors = known
        invocations.inc()
        duration_s.observe(took_s)
        (successes if isinstance(outcome, Done | Refused) else errors).inc()


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
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(stream),
    )
