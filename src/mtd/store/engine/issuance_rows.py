"""Rows of tax documents: what each part of a commit writes for the issuances of its turns."""

from collections.abc import Iterator, Sequence

from mtd.store.engine.issuance import Issuance
from mtd.store.engine.rows import Row
from mtd.store.engine.turned import Turned


def _all(batch: Sequence[Turned]) -> Iterator[tuple[Turned, Issuance]]:
    return ((turn, one) for turn in batch for one in turn.issued)


def documents(batch: Sequence[Turned]) -> Iterator[Row]:
    """Documents that take their folio."""
    for turn, one in _all(batch):
        if not one.befores:
            at = turn.entries[-1].at
            yield (
                turn.tenant,
                turn.instance,
                one.effect,
                one.issuer,
                one.type_code,
                one.series,
                one.folio,
                one.provider,
                one.is_sale,
                one.currency,
                one.total,
                one.issued_at,
                at,
                at if one.handed else None,
                one.state,
                one.hash,
                one.refers_type,
                one.refers_series,
                one.refers_folio,
            )


def documents_restated(batch: Sequence[Turned]) -> Iterator[Row]:
    """Documents that go on under the folio that they have."""
    for turn, one in _all(batch):
        if one.befores:
            at = turn.entries[-1].at
            yield (
                turn.tenant,
                one.issuer,
                one.type_code,
                one.series,
                one.folio,
                " ".join(one.befores),
                one.state,
                one.total,
                one.issued_at,
                at,
                at if one.handed else None,
                one.hash,
                one.reason,
            )


def credited(batch: Sequence[Turned]) -> Iterator[Row]:
    """What notes take back of documents."""
    return (
        (
            turn.tenant,
            one.issuer,
            one.refers_type,
            one.refers_series,
            one.refers_folio,
            one.credit,
        )
        for turn, one in _all(batch)
        if one.credit
    )


def kept(batch: Sequence[Turned]) -> Iterator[Row]:
    """Signed bytes."""
    return (
        (
            turn.tenant,
            turn.instance,
            signed.name,
            signed.media_type,
            signed.person,
            signed.key_id,
            signed.hash,
            signed.ciphertext,
        )
        for turn, one in _all(batch)
        if (signed := one.signed) is not None
    )
