"""Evidence: what an attempt sent and got, as it is kept beside the journal."""

from collections.abc import Iterable, Sequence

import msgspec

from mtd.connectors.wire import Exchange
from mtd.runtime.hands.intent import Answer
from mtd.store.engine.turned import Attempted

_ENCODER = msgspec.json.Encoder(decimal_format="number")


def evidence(answers: Iterable[tuple[int, Answer | None]]) -> list[Attempted]:
    """The rows of these attempts, those in which nothing was sent included.

    Each comes with the journal row that it led to. Of a local connector, which can ask nobody
    anything, the journal tells all.
    """
    return [
        _attempted(seq, answer, answer.exchanges)
        for seq, answer in answers
        if answer is not None and answer.exchanges is not None
    ]


def _attempted(seq: int, answer: Answer, exchanges: Sequence[Exchange]) -> Attempted:
    """The row of one attempt; a connector may have made several exchanges in it, or none."""
    intent = answer.intent
    return Attempted(
        seq=seq,
        wait=intent.wait,
        visit=intent.visit,
        attempt=intent.call.attempt,
        service=intent.call.service,
        at=answer.at,
        took_ms=answer.took_ms,
        outcome=str(answer.outcome.__struct_config__.tag),
        request=_ENCODER.encode([exchange.request for exchange in exchanges]),
        response=_ENCODER.encode([exchange.response for exchange in exchanges]),
    )
