"""What the engine, its connectors and bulk actions say is told in Spanish, all of it."""

import re
from pathlib import Path

import pytest

import mtd
from mtd.faces.portal.interpreting import Interpreter
from mtd.faces.portal.sentences import FAULTS, REASONS, TROUBLES, VERDICTS
from mtd.faces.portal.words import read_words
from tests.faces.portal.said import calls_of, each_has_words, given_by

SOURCE = Path(mtd.__file__).parent
RUNTIME = SOURCE / "runtime"
CORE = SOURCE / "core"
CONNECTORS = SOURCE / "connectors"
_THEIRS = re.compile(r"(\w+: ?|500: )?(X[: ]*)*|\w+: X( X)*")
"""What quotes others, with no word of ours but the name of what was asked."""


def test_whatever_the_engine_says_of_an_exception_has_words() -> None:
    calls = {"Stuck": 1, "trouble": 2, "FeelError": 0}
    paths = [*(CORE / "process").rglob("*.py"), *(CORE / "decision").rglob("*.py")]
    each_has_words(TROUBLES, [one for path in paths for one in calls_of(path, calls)], 20)


def test_whatever_a_connector_says_of_an_attempt_has_words() -> None:
    calls = {"Failed": 0, "Unknown": 0, "InDoubt": 0, "Refused": 1}
    hands = [path for room in ("engine", "hands") for path in (RUNTIME / room).glob("*.py")]
    said = [one for path in (*hands, *CONNECTORS.rglob("*.py")) for one in calls_of(path, calls)]
    each_has_words(TROUBLES, [one for one in said if not _THEIRS.fullmatch(one)], 60)


def test_whatever_is_wrong_with_a_tax_document_has_words() -> None:
    paths = list((CORE / "tax").rglob("*.py"))
    said = [one for path in paths for one in calls_of(path, {"FiscalFault": 1})]
    each_has_words(FAULTS, [one for one in said if one != "'X' X"], 40)


def test_whatever_the_engine_does_not_let_in_has_words() -> None:
    rooms = [CORE / "process" / name for name in ("modifying.py", "hindering.py")]
    said = [one for path in rooms for one in given_by(path)]
    said += [one for path in (CORE / "process").rglob("*.py")
             for one in calls_of(path, {"Ignored": 0})]  # fmt: skip
    each_has_words(REASONS, said, 30)


def test_whatever_comes_of_an_item_of_a_bulk_action_has_words() -> None:
    said = [one for path in (RUNTIME / "bulk").glob("*.py")
            for one in (*calls_of(path, {"Verdict": 2}), *given_by(path))]  # fmt: skip
    ours = [one for one in said if not _THEIRS.fullmatch(one) and "bulk" not in one]
    each_has_words(VERDICTS, ours, 10)


@pytest.mark.parametrize(
    ("kind", "said", "told"),
    [
        ("trouble", "no way out of '¿Hay stock?' is open",
         "ningún camino que sale de “¿Hay stock?” está abierto"),
        ("trouble", "NO_WAY_OUT: no way out of 'A' is open",
         "Ningún camino posible: ningún camino que sale de “A” está abierto"),
        ("trouble", "an order that is CLOSED may not become IN_TRANSIT",
         "una orden en estado «Cerrada» no puede pasar a «IN_TRANSIT»"),
        ("trouble", "flow@2 cannot be had: flow@2 was never deployed",
         "flow@2 no se puede obtener: flow@2 nunca se publicó"),
        ("trouble", "500: the legacy failed", "500: el sistema falló"),
        ("trouble", "400: BAD no such store", "400: BAD no such store"),
        ("trouble", "Receptor/RUTRecep: is no RUT; Detalle/NmbItem, line 3: is missing; and 2 more",
         "Receptor/RUTRecep: no es un RUT; Detalle/NmbItem, línea 3: falta; y 2 más"),
        ("reason", "'A' is not in flow@2; 'B' awaits a timer, and in flow@2 it does not",
         "“A” no está en flow@2; “B” espera un plazo, y en flow@2 no"),
        ("reason",
         "it cannot follow to flow@2: 'A' calls another process in flow@2; it is completed",
         "no puede seguir con flow@2: “A” llama a otro proceso en flow@2; ya está terminado"),
        ("reason", "wait 3 is not open: Done(outputs={})",
         "llegó una respuesta que ya no se esperaba (espera 3)"),
        ("conflict", 'no token rests at "A"', "nada está en “A”"),
        ("conflict", "it was not let in: Unheard", "El proceso no lo admitió: nadie lo espera."),
        ("conflict", "it is done and cannot be started",
         "No se puede comenzar: su estado es «Terminada»."),
        ("verdict", "its process is over: CLOSED", "su proceso ya terminó: Cerrada"),
        ("verdict", "TECHNICAL_FAILURE: 500: the legacy failed",
         "Falla técnica: 500: el sistema falló"),
        ("verdict", "XML_INVALID: is missing", "XML inválido: falta"),
        ("verdict", "CLOSED", "Cerrada"),
        ("verdict", "it is completed", "ya está terminado"),
        ("verdict", "flow@2", "flow@2"),
    ],
)  # fmt: skip
def test_what_the_engine_says_is_told_in_spanish(kind: str, said: str, told: str) -> None:
    tell = getattr(Interpreter(read_words()["en"]), kind)
    assert tell(said, read_words()["es"]) == told
