"""Erasing a person: refused while anything of theirs goes on, recorded, and files gone with it."""

import os
from collections.abc import AsyncGenerator
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mtd.core.orders.purchase_order import Customer, PurchaseOrder
from mtd.runtime.app import App
from mtd.runtime.desk.erasing import erasing
from mtd.runtime.desk.erasing.erasing import Erasure, foreseen
from mtd.runtime.desk.people.accounts import By
from mtd.runtime.desk.people.person import Forbidden
from mtd.runtime.operations.operations import Conflict
from mtd.runtime.receiving import Receiving
from mtd.store.arriving import intake
from mtd.store.arriving.intake import NewFile
from mtd.store.orders import orders
from mtd.store.orders.orders import Order
from tests.core.orders.examples import plain_order
from tests.runtime.conftest import Founded
from tests.runtime.desk.seats import somebody
from tests.runtime.plant import Plant
from tests.runtime.tax.steps import PAUSE, go, steps
from tests.store.making import new_id

HERS = Customer(
    name="Zoraida Quiñimil", tax_id="12.345.678-5", email="z@correo.example", phone="+56987651234"
)
ANOTHERS = Customer(name="Rosa Rojas", email="z@correo.example")
"""Whose mail is the same, and who gave no tax id."""
BY = By(actor="sofia", reason="lo pide quien compró")
BODY = b"<orden>what her order file said</orden>"


class Counter:
    """Orders of hers, each of which waits for `go`."""

    def __init__(self, plant: Plant, app: App) -> None:
        self.plant = plant
        self.app = app

    async def place(self, number: str, customer: Customer = HERS) -> Order:
        """An order that has begun and waits."""
        order: PurchaseOrder = plain_order(external_id=number, customer=customer)
        receiving = Receiving(
            tenant=1, settings=self.app.settings, vault=self.app.vault,
            latest=lambda _: "sale@1", now=self.app.clock.now, chance=os.urandom,
        )  # fmt: skip
        await self.app.store.deliver([receiving.arrival(order, "test", None)])
        async with self.app.store.door(1) as connection:
            found = await orders.by_key(connection, 1, order.key)
        assert found is not None
        return found

    async def erase(self, order: Order, by: By = BY) -> Erasure:
        """Erase whom it is about."""
        return await erasing.erase(self.app, 1, order, by)


@pytest.fixture
async def counter(found: Founded, tmp_path: Path) -> AsyncGenerator[Counter]:
    plant: Plant = await found(steps("sale", PAUSE))
    async with plant.worker():
        yield Counter(plant, msgspec.structs.replace(plant.app, home=tmp_path))


async def test_nothing_goes_while_one_of_her_orders_goes_on(counter: Counter) -> None:
    first = await counter.place("A-1")
    await go(counter.plant, 1)
    await counter.plant.until_ended(1)
    second = await counter.place("A-2")
    for order in (first, second):
        with pytest.raises(Conflict, match="A-2 "):
            await counter.erase(order)
    told = await foreseen(counter.app, 1, first)
    assert [one.name for one in told.running] == [second.key] and told.keys == 2
    await go(counter.plant, 1)
    await counter.plant.until_ended(2)
    took = await counter.erase(first)
    assert (took.keys, took.orders, took.until) == (2, (first.key, second.key), None)
    again = await counter.erase(first)
    assert (again.keys, again.documents) == (0, ())


async def test_whom_only_her_mail_leads_to_is_named_and_left(counter: Counter) -> None:
    hers, others = await counter.place("A-1"), await counter.place("A-2", ANOTHERS)
    await go(counter.plant, 2)
    await counter.plant.until_ended(2)
    took = await counter.erase(hers)
    assert (took.keys, took.orders, took.elsewhere) == (1, (hers.key,), (others.key,))
    assert await counter.plant.value("SELECT count(*) FROM person_key WHERE wrapped <> ''") == 1
    digests = "SELECT order_id::text, count(*) FROM order_search GROUP BY order_id"
    left = {row[0]: row[1] for row in await counter.plant.rows(digests)}
    assert left[hers.id] == 1, "its number alone"
    assert left[others.id] == 2, "and the other's mail"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (" ", "a reason is needed"),
        ("lo pide ZORAIDA  quiñimil", "names the person"),
        ("pide 12345678-5", "names the person"),
        ("su teléfono +56 9 8765 1234", "names the person"),
    ],
)
async def test_a_reason_is_given_and_names_nobody(
    counter: Counter, reason: str, words: str
) -> None:
    order = await counter.place("A-1")
    await go(counter.plant, 1)
    await counter.plant.until_ended(1)
    with pytest.raises(Conflict, match=words):
        await counter.erase(order, By(actor="sofia", reason=reason))
    assert await counter.plant.value("SELECT count(*) FROM person_key WHERE wrapped <> ''") == 1
    assert await counter.plant.value("SELECT count(*) FROM audit_entry") == 0


async def test_what_providers_and_others_said_of_her_letters_goes(counter: Counter) -> None:
    """Nothing of it is sealed; what is of another order stays."""
    hers, others = await counter.place("A-1"), await counter.place("A-2", ANOTHERS)
    await go(counter.plant, 2)
    await counter.plant.until_ended(2)
    await counter.plant.rows(
        "INSERT INTO document_letter (tenant_id, enclosures, instance_id, mail_id, document, kind,"
        " recipient, refusal) VALUES (1, 2, $1, '<tax@mtd>', '39-1', 'tax_document', '', $2)",
        hers.id, "550 Zoraida has moved",
    )  # fmt: skip
    for mail_id, key in (("<tax@mtd>", "?"), ("<note@mtd>", hers.key), ("<x@mtd>", others.key)):
        said = {"mail_id": mail_id, "reason": "550 z.quinimil at correo.example is unknown"}
        await counter.plant.publish("MailBounced", key, payload=msgspec.json.encode(said))
    await counter.plant.publish("Surprise", hers.key, payload=b'{"who": "Zoraida"}')
    await counter.plant.rows(
        "WITH gone AS (DELETE FROM message WHERE name = 'Surprise' RETURNING *)"
        " INSERT INTO undelivered (tenant_id, at, id, reason, name, key, payload)"
        " SELECT tenant_id, at, id, 'EXPIRED', name, key, payload FROM gone"
    )
    await counter.erase(hers)
    bounces = await counter.plant.rows("SELECT mail_id, reason FROM mail_bounce")
    assert {row["mail_id"]: row["reason"][:3] for row in bounces} == {
        "<tax@mtd>": "***", "<note@mtd>": "***", "<x@mtd>": "550",
    }  # fmt: skip
    assert await counter.plant.value("SELECT refusal FROM document_letter") == "***"
    assert await counter.plant.value("SELECT payload FROM undelivered") == b"{}"
    messages = await counter.plant.rows("SELECT key, payload FROM message")
    assert {row["key"] for row in messages if row["payload"] == b"{}"} == {hers.key}


async def test_it_is_recorded_with_it_and_says_nothing_of_her(counter: Counter) -> None:
    order = await counter.place("A-1")
    await go(counter.plant, 1)
    await counter.plant.until_ended(1)
    await counter.erase(order)
    (entry,) = await counter.plant.rows("SELECT * FROM audit_entry")
    assert (entry["actor"], entry["action"], entry["subject"], entry["reason"]) == (
        "sofia", "person.erase", order.key, BY.reason,
    )  # fmt: skip
    assert msgspec.json.decode(entry["after"]) == {
        "orders": 1, "keys": 1, "files": 0, "documents": 0, "until": None,
    }  # fmt: skip


async def test_what_her_files_said_is_removed_wherever_it_lies(
    counter: Counter, tmp_path: Path
) -> None:
    order = await counter.place("A-1")
    await go(counter.plant, 1)
    await counter.plant.until_ended(1)
    hers = await _file(counter, tmp_path, order.key, "DUPLICATE", BODY)
    others = await _file(counter, tmp_path, "CL/paris/ecommerce/A-9", "REJECTED", b"<another/>")
    told = await foreseen(counter.app, 1, order)
    assert (told.files, told.running) == (1, ())
    took = await counter.erase(order)
    assert (took.files, took.files_left) == (1, 0)
    assert [path for path in hers if path.exists()] == []
    assert [path for path in others if not path.exists()] == []
    assert len(list(tmp_path.rglob("A-1.xml"))) == 1, "somebody else's of the same name"
    quoted = await counter.plant.rows("SELECT message FROM intake_failure ORDER BY message")
    assert [row["message"] for row in quoted] == ["***", "line 1: <another/>"]
    assert (await foreseen(counter.app, 1, order)).files == 0


async def test_a_file_of_hers_that_waits_comes_first(counter: Counter, tmp_path: Path) -> None:
    order = await counter.place("A-1")
    await go(counter.plant, 1)
    await counter.plant.until_ended(1)
    await _file(counter, tmp_path, order.key, "WAITING", BODY)
    with pytest.raises(Conflict, match="WAITING"):
        await counter.erase(order)


async def test_files_of_another_machine_are_told_and_found_again(
    counter: Counter, tmp_path: Path
) -> None:
    order = await counter.place("A-1")
    await go(counter.plant, 1)
    await counter.plant.until_ended(1)
    hers = await _file(counter, tmp_path, order.key, "DUPLICATE", BODY)
    elsewhere = Counter(counter.plant, msgspec.structs.replace(counter.app, home=tmp_path / "b"))
    took = await elsewhere.erase(order)
    assert (took.files, took.files_left, took.keys) == (0, 1, 1)
    assert all(path.exists() for path in hers)
    assert (await counter.erase(order)).files == 1
    assert not any(path.exists() for path in hers)


def test_who_may_sees_every_store() -> None:
    assert erasing.may(somebody("sofia", "personal.erase"), "x").actor == "sofia"
    for person in (
        somebody("ana", "personal.see", "orders.cancel"),
        somebody("ana", "personal.erase", stores=("paris",)),
    ):
        with pytest.raises(Forbidden):
            erasing.may(person, "x")


async def _file(counter: Counter, home: Path, key: str, state: str, body: bytes) -> list[Path]:
    """A file of an order that was settled so; where its bytes lie."""
    hash_, name = sha256(body).digest(), f"{key.rpartition('/')[2]}.xml"
    path = f"CL/paris/ecommerce/{name}"
    kept = f"archive/2026/11/28/{hash_.hex()}"
    folder = {"DUPLICATE": "done", "WAITING": "waiting", "REJECTED": "rejected"}[state]
    beside = (home / counter.app.settings.intake.folder).parent / folder / path
    marked = beside.with_name(f"{beside.stem}.{hash_.hex()[:16]}.xml")
    places = [home / kept, marked, home / "returned" / path]
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(body)
    if not beside.exists():
        beside.write_bytes(b"<somebody else's of the same name/>")
    file = NewFile(
        id=new_id(), source="folder", path=path, hash=hash_, size_bytes=len(body), archive=kept
    )
    async with counter.app.store.door(1) as connection:
        await intake.register(connection, 1, [file])
    given: tuple[Any, ...] = (file.id, state, key)
    await counter.plant.rows(
        "UPDATE intake_file SET state = $2, order_key = $3, settled_at = now(), order_id = ("
        " SELECT id FROM purchase_order WHERE external_id = split_part($3, '/', 4))"
        " WHERE id = $1::uuid",
        *given,
    )
    await counter.plant.rows(
        "INSERT INTO intake_failure (tenant_id, round, attempt, file_id, message)"
        " VALUES (1, 0, 0, $1::uuid, $2)",
        *(file.id, f"line 1: {body.decode()}"),
    )
    return places
