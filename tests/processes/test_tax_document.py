"""The tax document: R13-R15 and its incident path R20-R23, driven in memory."""

from datetime import timedelta

from mtd.core.process.outcome import Done, Failed, Refused, Unknown
from tests.processes.paths import DELIVERED, HAPPY, PICKED_UP, assert_ended, drive
from tests.processes.world import BEGIN

ISSUER_DOWN = Done(
    {"cause": "ISSUER_DOWN", "track_id": None, "folio": None, "document_state": None}
)


def test_an_issuer_that_is_down_is_waited_for_and_the_customer_told_once() -> None:
    world = drive(
        calls={
            "tax.issue": [Failed("connection refused")] * 9,
            "tax.error_control": [ISSUER_DOWN] * 3,
        }
    )
    again = ["EXCEPTION", "DTE_ISSUANCE"]
    assert_ended(world, [*HAPPY[:3], "DTE_ISSUANCE", *again * 3, *DELIVERED[4:]])
    assert world.fired[:3] == ["Esperar al emisor"] * 3
    assert timedelta(minutes=70) < world.now - BEGIN
    assert world.mails.count("order_incident") == 1
    assert world.services.count("tax.issue") == 10


def test_an_issuer_down_too_long_goes_to_the_tax_clerk() -> None:
    world = drive(
        calls={
            "tax.issue": [Failed("connection refused")] * 21,
            "tax.error_control": [ISSUER_DOWN] * 7,
        },
        people={"Revisar con el emisor": [{}]},
    )
    assert world.states[-1] == "CLOSED"
    assert world.fired[:6] == ["Esperar al emisor"] * 6
    assert ("Revisar con el emisor", "tax_clerk") in world.asked
    assert world.mails.count("order_incident") == 1


def test_a_document_issued_without_an_answer_is_found_and_not_issued_again() -> None:
    found = Done({"cause": "ISSUED", "track_id": "T-9", "folio": 99, "document_state": "SENT"})
    world = drive(calls={"tax.issue": [Unknown("timeout")] * 3, "tax.error_control": [found]})
    assert world.states[-1] == "CLOSED"
    assert world.services.count("tax.issue") == 3, "attempts of one intent, under one key"
    assert dict(world.made)["tax.fetch"] == {
        "document_kind": "RECEIPT",
        "track_id": "T-9",
        "folio": 99,
    }


def test_a_rejected_document_is_corrected_and_keeps_its_folio() -> None:
    rejected = Done(
        {"cause": "REJECTED", "track_id": None, "folio": 101, "document_state": "REJECTED"}
    )
    world = drive(
        calls={"tax.error_control": [rejected]},
        messages={
            "DteStatusChanged": [{"document_state": "REJECTED"}, {"document_state": "ACCEPTED"}]
        },
        people={"Corregir datos tributarios": [{}]},
    )
    assert world.states == [*HAPPY[:4], "EXCEPTION", *DELIVERED[3:]]
    assert ("Corregir datos tributarios", "tax_clerk") in world.asked
    assert [i["folio"] for s, i in world.made if s == "tax.issue"] == [None, 101]


def test_missing_folios_are_loaded_by_the_tax_clerk() -> None:
    none_left = Done({"cause": "NO_FOLIO", "track_id": None, "folio": None, "document_state": None})
    world = drive(
        calls={
            "tax.issue": [Refused("NO_FOLIO", "no folios of type 39")],
            "tax.error_control": [none_left],
        },
        people={"Cargar folios (CAF)": [{}]},
    )
    assert world.states == [*HAPPY[:4], "EXCEPTION", *DELIVERED[3:]]
    assert world.services.count("salessupport.open_case") == 1


def test_an_idle_tax_clerk_is_escalated_and_the_task_stays_open() -> None:
    none_left = Done({"cause": "NO_FOLIO", "track_id": None, "folio": None, "document_state": None})
    world = drive(
        calls={
            "tax.issue": [Refused("NO_FOLIO", "none")],
            "tax.error_control": [none_left],
        }
    )
    assert world.states[-1] == "EXCEPTION"
    assert world.fired == ["1 día sin resolver"]
    assert timedelta(days=1) < world.now - BEGIN < timedelta(days=1, minutes=1)
    assert world.resting() == {"Procesar orden", "Emisión DTE", "Cargar folios (CAF)"}


def test_a_status_that_is_not_sent_is_asked_for_every_five_minutes() -> None:
    sent = Done({"document_state": "SENT"})
    world = drive(
        messages={"DteStatusChanged": [None] * 4}, calls={"tax.status": [sent, sent, sent]}
    )
    assert_ended(world, DELIVERED)
    assert world.fired[:4] == ["Consultar cada 5 minutos"] * 4


def test_a_document_without_status_for_a_day_is_an_incident() -> None:
    later = Done(
        {"cause": "TIMEOUT_UNKNOWN", "track_id": "T-1", "folio": 101, "document_state": "SENT"}
    )
    world = drive(
        messages={"DteStatusChanged": [None] * 400},
        calls={
            "tax.status": [Done({"document_state": "SENT"})] * 288,
            "tax.error_control": [later],
        },
    )
    assert "24 horas sin estado" in world.fired
    assert world.services.count("tax.issue") == 1
    assert world.mails.count("order_incident") == 1


def test_a_guide_that_fails_waits_and_is_issued_again() -> None:
    world = drive(
        {"shipment_method": "pickup"},
        calls={
            "tax.dispatch_guide": [Failed("down")] * 3,
            "tax.error_control": [Done({"cause": "ISSUER_DOWN"})],
        },
    )
    assert world.states == [*HAPPY, "EXCEPTION", *PICKED_UP[5:]]
    assert world.services.count("tax.dispatch_guide") == 4
    asked = [i["ask_first"] for s, i in world.made if s == "tax.dispatch_guide"]
    assert asked == [False] * 3 + [True], "the issuer is asked before a guide is issued again"
