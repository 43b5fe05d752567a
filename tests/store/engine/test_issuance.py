"""Issuances: a document is numbered, signed and credited in the commit of its order's step."""

from decimal import Decimal

from mtd.core.process.instance import Instance
from mtd.core.tax.document import DocumentKey, DocumentState, TaxDocument
from mtd.store.engine.committing import Committed, Poisoned, commit
from mtd.store.engine.issuance import Issuance
from mtd.store.engine.turned import Turned
from mtd.store.engine.worker import Worker
from mtd.store.sessions import Session
from mtd.store.store import Store
from mtd.store.tax import tax_documents
from mtd.store.tax.tax_documents import Settled
from tests.store.making import Cutter, a_worker, an_order, count, moved, parked
from tests.store.papers import ISSUER, a_document, signed

FIRST = DocumentKey(tenant=1, issuer=ISSUER, type_code="39", folio=1)


async def issued(worker: Worker, instance: Instance, *papers: Issuance) -> Instance:
    turn = moved(instance, issued=papers)
    assert await commit(worker, [turn]) == Committed()
    return turn.after


async def found(worker: Worker, key: DocumentKey = FIRST) -> TaxDocument:
    stored = await tax_documents.by_folio(worker.asking, key)
    assert stored is not None
    return stored


async def test_a_document_is_its_instances_for_ever(store: Store, worker: Worker) -> None:
    one, other = await parked(store, worker), await parked(store, worker)
    await issued(worker, one, a_document(1))
    again = moved(other, issued=[a_document(1, effect="t:9")])
    outcome = await commit(worker, [again])
    assert isinstance(outcome, Committed)
    assert [type(p) for p in outcome.poisoned] == [Poisoned]
    assert (await found(worker)).instance == one.id


async def test_one_effect_has_one_document(store: Store, worker: Worker) -> None:
    instance = await parked(store, worker)
    instance = await issued(worker, instance, a_document(1))
    outcome = await commit(worker, [moved(instance, issued=[a_document(2)])])
    assert isinstance(outcome, Committed)
    assert "tax_document_effect" in outcome.poisoned[0].message


async def test_it_goes_on_only_from_where_it_stood(store: Store, worker: Worker) -> None:
    instance = await parked(store, worker)
    instance = await issued(worker, instance, a_document(1))
    on = a_document(
        1, befores=(DocumentState.FOLIO_ASSIGNED,), state=DocumentState.SIGNED, handed=True,
        hash=b"h" * 32, signed=signed(1, b"h" * 32),
    )  # fmt: skip
    instance = await issued(worker, instance, on)
    stored = await found(worker)
    assert (stored.state, stored.handed_at is not None) == ("SIGNED", True)
    assert await commit(worker, [moved(instance, issued=[on])]) == Committed(conflicts=(0,))
    assert (await found(worker)).state == "SIGNED"


async def test_the_signed_bytes_are_written_with_it(
    store: Store, worker: Worker, admin: Session
) -> None:
    order = an_order("A-1")
    await store.deliver([order])
    instance = await parked(store, worker)
    key_id = await admin.fetch("SELECT key_id::text FROM person_key")
    paper = a_document(
        1, state="SIGNED", hash=b"sealed bytes".ljust(32, b"."),
        signed=signed(1, key_id=key_id[0][0]),
    )  # fmt: skip
    await issued(worker, instance, paper)
    (kept,) = await tax_documents.signed_bytes(worker.asking, [FIRST])
    assert (kept.ciphertext, kept.wrapped_key, kept.key) == (b"sealed bytes", b"wrapped", FIRST)
    assert await tax_documents.signed_bytes(worker.asking, []) == []


async def test_credit_never_exceeds_the_document(store: Store, worker: Worker) -> None:
    instance = await parked(store, worker)
    await issued(worker, instance, a_document(1, state="ACCEPTED"))
    noting = [await parked(store, worker) for _ in range(3)]

    def note(of: Instance, folio: int, amount: int) -> Turned:
        paper = a_document(
            folio, type_code="61", total=Decimal(amount), credit=Decimal(amount), refers_type="39",
            refers_folio=1,
        )  # fmt: skip
        return moved(of, issued=[paper])

    first, second, third = (note(noting[n], 1 + n, 500) for n in range(3))
    assert await commit(worker, [first, second, third]) == Committed(conflicts=(2,))
    assert (await found(worker)).credited == 1000
    assert await tax_documents.by_folio(worker.asking, _note(3)) is None
    last = note(noting[2], 3, 190)
    assert await commit(worker, [last]) == Committed()
    stored = await found(worker)
    assert (stored.credited, stored.state) == (1190, "ACCEPTED")


async def test_a_document_of_which_nothing_is_left_is_cancelled_when_the_note_is_accepted(
    store: Store, worker: Worker
) -> None:
    instance = await parked(store, worker)
    instance = await issued(worker, instance, a_document(1, state="ACCEPTED"))
    note = a_document(
        1, type_code="61", effect="note:1", credit=Decimal(1190), refers_type="39",
        refers_folio=1, state="SIGNED",
    )  # fmt: skip
    await issued(worker, instance, note)
    assert (await found(worker)).state == "ACCEPTED"
    said = Settled(key=_note(1), state=DocumentState.ACCEPTED, codes="DOK")
    (changed,) = await tax_documents.settle(worker.asking, [said])
    assert (changed.state, changed.codes) == ("ACCEPTED", "DOK")
    assert await tax_documents.settle(worker.asking, [said]) == [], "no news the second time"
    assert (await found(worker)).state == "ACCEPTED"
    assert await tax_documents.cancel(worker.asking, [said.key], ["56"]) == []
    assert (await found(worker)).state == "CANCELLED_BY_CREDIT_NOTE"


async def test_a_lost_reply_numbers_nothing_twice(
    store: Store, cutter: tuple[Cutter, str], admin: Session
) -> None:
    proxy, dsn = cutter
    through = await Store.open(dsn, notify=False)
    async with a_worker(through) as worker:
        instance = await parked(store, worker)
        proxy.arm(b"SELECT 1\0")
        await issued(worker, instance, a_document(1))
    await through.close()
    assert proxy.cut == 1
    assert await count(admin, "tax_document") == 1


async def test_the_documents_of_instances_are_listed(store: Store, worker: Worker) -> None:
    instance = await parked(store, worker)
    instance = await issued(worker, instance, a_document(1))
    await issued(worker, instance, a_document(7, type_code="52", effect="guide:3"))
    listed = await tax_documents.of_instances(worker.asking, [(1, instance.id)])
    assert [one.key.tracking_id for one in listed] == ["76111111-39-1", "76111111-52-7"]


def _note(folio: int) -> DocumentKey:
    return DocumentKey(tenant=1, issuer=ISSUER, type_code="61", folio=folio)
