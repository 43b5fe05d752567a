"""Rows: what each part of a commit writes or consumes for a batch of turns."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from mtd.core.process.effect import Listening, Subscription, UserTask
from mtd.store.engine.loading import VERSION, encode
from mtd.store.engine.turned import Outgoing, Turned
from mtd.store.ids import derived, slot_of

Row = tuple[Any, ...]

_JSON = msgspec.json.Encoder(decimal_format="number")


def journal(batch: Sequence[Turned]) -> Iterator[Row]:
    """One journal row a step."""
    for turn in batch:
        for entry in turn.entries:
            yield (
                turn.tenant,
                turn.instance,
                entry.seq,
                entry.at,
                entry.kind,
                entry.element,
                entry.payload,
            )


def inbox(batch: Sequence[Turned]) -> Iterator[Row]:
    """What came in and is done with."""
    return (
        (turn.tenant, slot_of(turn.instance), row) for turn in batch for row in turn.consumed.inbox
    )


def messages(batch: Sequence[Turned]) -> Iterator[Row]:
    """Messages that were taken."""
    return ((turn.tenant, message) for turn in batch for message in turn.consumed.messages)


def began(batch: Sequence[Turned]) -> Iterator[Row]:
    """Instances that began."""
    return (
        (
            turn.tenant,
            turn.instance,
            slot_of(turn.instance),
            turn.wake_at,
            turn.state.value,
            turn.definition,
            turn.key,
        )
        for turn in batch
        if turn.began
    )


def restated(batch: Sequence[Turned]) -> Iterator[Row]:
    """Instances that parked, woke, ended or migrated."""
    return (
        (
            turn.tenant,
            turn.instance,
            turn.wake_at,
            turn.state.value,
            turn.definition,
            turn.held_by,
        )
        for turn in batch
        if turn.restated
    )


def subscribed(batch: Sequence[Turned]) -> Iterator[Row]:
    """Messages and signals awaited from now on."""
    for turn in batch:
        for wait in turn.opened:
            match wait.effect:
                case Subscription(name=name, key=key):
                    yield (
                        turn.tenant,
                        turn.instance,
                        slot_of(turn.instance),
                        wait.id,
                        name,
                        key,
                    )
                case Listening(name=name):
                    yield (
                        turn.tenant,
                        turn.instance,
                        slot_of(turn.instance),
                        wait.id,
                        name,
                        None,
                    )
                case _:
                    pass


def unsubscribed(batch: Sequence[Turned]) -> Iterator[Row]:
    """Messages and signals awaited no longer."""
    return ((turn.tenant, turn.instance, wait) for turn in batch for wait in turn.unsubscribed)


def tasks(batch: Sequence[Turned]) -> Iterator[Row]:
    """Work for people."""
    for turn in batch:
        for wait in turn.opened:
            if isinstance(task := wait.effect, UserTask):
                yield (
                    turn.tenant,
                    turn.instance,
                    wait.id,
                    turn.entries[-1].at,
                    task.due,
                    task.role,
                    wait.element,
                    task.name,
                    task.form,
                    _JSON.encode(task.fields),
                )


def tasks_closed(batch: Sequence[Turned]) -> Iterator[Row]:
    """Work for people that was done, or is no longer wanted."""
    for turn in batch:
        for wait in turn.submitted:
            yield turn.tenant, turn.instance, wait, "COMPLETED", turn.entries[-1].at
        for wait in turn.withdrawn:
            yield turn.tenant, turn.instance, wait, "CANCELLED", turn.entries[-1].at


def tasks_escalated(batch: Sequence[Turned]) -> Iterator[Row]:
    """Work for people that others were told of."""
    return ((turn.tenant, turn.instance, wait) for turn in batch for wait in turn.escalated)


def incidents(batch: Sequence[Turned]) -> Iterator[Row]:
    """Tokens that got stuck."""
    return (
        (
            turn.tenant,
            turn.instance,
            incident.id,
            turn.entries[-1].at,
            incident.element,
            incident.code,
            incident.message,
        )
        for turn in batch
        for incident in turn.troubled
    )


def settled(batch: Sequence[Turned]) -> Iterator[Row]:
    """Incidents that are over."""
    return (
        (turn.tenant, turn.instance, incident, turn.entries[-1].at)
        for turn in batch
        for incident in turn.settled
    )


def statuses(batch: Sequence[Turned]) -> Iterator[Row]:
    """Where orders stand."""
    return (
        (
            turn.tenant,
            turn.instance,
            turn.status.state,
            turn.status.resume,
            " ".join(reversed(turn.status.reached)),
            turn.entries[-1].at,
        )
        for turn in batch
        if turn.status is not None
    )


def amended(batch: Sequence[Turned]) -> Iterator[Row]:
    """New versions of orders' content."""
    for turn in batch:
        if turn.amended is not None:
            content = turn.amended.content
            yield (
                turn.tenant,
                turn.instance,
                turn.amended.version,
                content.person,
                content.key_id,
                content.wrapped_key,
                content.hash,
                content.ciphertext,
            )


def attempts(batch: Sequence[Turned]) -> Iterator[Row]:
    """Evidence of what was sent and what came back."""
    for turn in batch:
        for n, attempt in enumerate(turn.attempts):
            yield (
                turn.tenant,
                turn.instance,
                attempt.seq,
                n,
                attempt.wait,
                attempt.visit,
                attempt.attempt,
                attempt.at,
                attempt.took_ms,
                attempt.service,
                attempt.outcome,
                attempt.request,
                attempt.response,
            )


def _out(batch: Sequence[Turned]) -> Iterator[tuple[Turned, str, Outgoing]]:
    """What leaves, each under the id that a repetition of this commit would give it too."""
    for turn in batch:
        if turn.sent:
            last = turn.entries[-1]
            for n, outgoing in enumerate(turn.sent):
                yield (
                    turn,
                    derived(last.at, turn.tenant, turn.instance, last.seq, n),
                    outgoing,
                )


def sent(batch: Sequence[Turned]) -> Iterator[Row]:
    """Messages for other instances."""
    for turn, id_, outgoing in _out(batch):
        message = outgoing.message
        if message.key is not None:
            payload = _JSON.encode(message.payload)
            slot = slot_of(id_)
            yield turn.tenant, id_, slot, outgoing.ttl_s, message.name, message.key, payload


def signals(batch: Sequence[Turned]) -> Iterator[Row]:
    """Signals for all who listen, save in the instance that throws: it has heard already."""
    for turn, id_, outgoing in _out(batch):
        message = outgoing.message
        if message.key is None:
            payload = _JSON.encode(message.payload)
            yield turn.tenant, id_, turn.instance, message.name, payload


def snapshots(batch: Sequence[Turned]) -> Iterator[Row]:
    """Instances as they are."""
    return (
        (turn.tenant, turn.instance, turn.after.seq, VERSION, encode(turn.after))
        for turn in batch
        if turn.snapshot
    )


def conversed(batch: Sequence[Turned]) -> Iterator[Row]:
    """Instances that need no more of the messages by which they began."""
    return ((turn.tenant, turn.instance) for turn in batch if turn.conversed)


def acquitted(batch: Sequence[Turned]) -> Iterator[Row]:
    """Suspects that did no harm."""
    return ((turn.tenant, turn.instance) for turn in batch if turn.acquitted)
