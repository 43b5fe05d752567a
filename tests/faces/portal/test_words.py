"""The catalogues: both languages say the same things, and all that the portal says is in them."""

import json
import re
from pathlib import Path

import pytest

from mtd.core.orders.flaw import Unreadability
from mtd.faces.portal import words
from mtd.faces.portal.interpreting import Interpreter
from mtd.faces.portal.navigation import PLACES
from mtd.faces.portal.sentences import (
    CONFLICTS,
    FLAWS,
    Sentences,
)
from mtd.faces.portal.words import LANGUAGES, language_of, read_words
from mtd.runtime.intake.reading import Held, read_order
from mtd.runtime.operations.following import KEYS
from mtd.runtime.telemetry import Meters
from tests.faces.portal.said import calls_of, each_has_words

PORTAL = Path(words.__file__).parent
SOURCE = PORTAL.parents[1]
RUNTIME = SOURCE / "runtime"
CORE = SOURCE / "core"
ROOT = SOURCE.parents[1]
ROOMS = ("desk", "operations", "bulk", "alerts")
"""Where it is said why something that a page asks for cannot be done."""
_STUCK = re.compile(r'\bStuck\(\s*"([A-Z_]+)"')
_INCIDENT = re.compile(
    r'^[A-Z_]+ = "([A-Z_]+)"\n"""(?:The i|I|Code of the i)ncident of', re.MULTILINE
)
_REFUSED = re.compile(r'\bRefused\(\s*"([A-Z_]+)"')
_CONSTANT = re.compile(r'^([A-Z_]+) = "\1"$', re.MULTILINE)
_SAID = re.compile(r"""\bt\(\s*["']([\w.]+)["']\s*[,)]""")
_PREFIX = re.compile(r"""\bt\(\s*["']([\w.]+\.)["']\s*~""")
_NAMES = re.compile(r"\{(\w+)\}")


def test_both_catalogues_have_the_same_keys_and_names() -> None:
    spanish, english = (_catalogue(language) for language in LANGUAGES)
    assert spanish.keys() == english.keys()
    for key, text in spanish.items():
        assert set(_NAMES.findall(text)) == set(_NAMES.findall(english[key])), key


def test_all_that_the_templates_say_is_in_the_catalogues() -> None:
    known = _catalogue("es")
    said, begun = set[str](), set[str]()
    for path in sorted((PORTAL / "templates").glob("*.html")):
        text = path.read_text(encoding="utf-8")
        said |= set(_SAID.findall(text))
        begun |= set(_PREFIX.findall(text))
    assert said and not said - known.keys()
    assert begun and all(any(key.startswith(one) for key in known) for one in begun)


def test_all_that_a_journal_tells_has_words() -> None:
    known = _catalogue("es")
    assert all(f"told.{key}" in known for key in KEYS)
    assert all(f"pages.{place.key}" in known for place in PLACES)


def test_each_code_of_an_exception_says_what_was_expected_and_what_to_do() -> None:
    codes = _codes()
    assert {"NO_RULE", "DEADLOCK", "NO_FOLIO", "ILLEGAL_STATE"} <= codes and len(codes) > 25
    for language in LANGUAGES:
        known = _catalogue(language)
        lacking = {
            f"{code}.{part}"
            for code in codes
            for part in ("title", "expected", "advice")
            if f"code.{code}.{part}" not in known
        }
        assert not lacking, language


def test_each_cause_of_a_waiting_file_says_what_to_do() -> None:
    causes = {one.value for one in Unreadability}
    for path in sorted((RUNTIME / "intake").glob("*.py")):
        causes |= set(_CONSTANT.findall(path.read_text(encoding="utf-8")))
    # An outcome of one attempt is no cause; that of the last attempt is the store's own word.
    causes = causes - {"FAILED"} | {"DELIVERY_FAILED"}
    assert {"REFUSED", "FOLDER_MISMATCH", "DELIVERY_FAILED"} <= causes
    known = _catalogue("es")
    assert not {f"cause.{one}{more}" for one in causes for more in ("", "_more")} - known.keys()


def test_each_reason_why_something_cannot_be_done_has_words() -> None:
    calls = {"Conflict": 0, "BadAccount": 0, "BadPassword": 0}
    paths = [path for room in ROOMS for path in sorted((RUNTIME / room).rglob("*.py"))]
    said = [one for path in paths for one in calls_of(path, calls)]
    assert len(said) > 50
    known = Sentences(read_words()["en"], CONFLICTS)
    assert [one for one in said if known.key(one) is None] == []
    spanish = read_words()["es"]
    assert known.told("a reason is needed", spanish) == "Falta el motivo."
    assert known.told("the file is rejected", spanish) == "El archivo ya no espera: descartado."
    assert known.told("ana has the task", spanish) == "ana tiene la tarea."
    assert known.told("something else", spanish) == "something else"


def test_each_flaw_of_a_file_has_words() -> None:
    rooms = [CORE / "orders" / name for name in ("markup.py", "dialect.py", "reading.py")]
    said = [one for path in (*rooms, RUNTIME / "intake" / "reading.py")
            for one in calls_of(path, {"_refused": 0, "flaw": 1, "note": 1})]  # fmt: skip
    # Each kind of value has a sentence of its own.
    each_has_words(FLAWS, [one for one in said if "cannot be read as" not in one], 15)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"<order>\n<key>1</kye>\n</order>",
         ("línea 2: el XML no está bien formado (columna 13): el elemento key, que comenzó en la"
          " línea 2, se cierra como kye")),
        (b"<a>&amp; & </a>", ("línea 1: el XML no está bien formado (columna 11): un «&» está"
                              " suelto: se escribe «&amp;»")),
        (b"<a>\n<b>", ("línea 2: el XML no está bien formado (columna 4): se acaba dentro del"
                       " elemento b, que comenzó en la línea 2")),
        (b"<!DOCTYPE order><order/>", "trae un DOCTYPE, que una orden no puede traer"),
        (b"<a>" * 70 + b"</a>" * 70, "tiene más de 64 niveles, uno dentro de otro"),
        (b"<?xml version='1.0' encoding='utf-16'?><a/>",
         "declara la codificación utf-16, que no se lee"),
        ("<?xml version='1.0' encoding='latin1'?><a>ñ</a>".encode(),
         "declara la codificación latin1, pero está escrito en UTF-8"),
        (b"<a>\xff</a>", "no está escrito en utf-8 como dice (byte 3)"),
        (b"\n<other/>", ("línea 2, other: ninguna traducción de la tienda paris lee un archivo"
                           " cuya raíz es other")),
    ],
)  # fmt: skip
def test_why_a_file_is_no_order_is_told_in_spanish(body: bytes, told: str) -> None:
    held = read_order("CL/paris/phone/a.xml", body, [], Meters())
    assert isinstance(held, Held)
    known = Interpreter(read_words()["en"])
    assert known.flaw(held.finding, read_words()["es"]) == told
    assert known.flaw(held.finding, read_words()["en"]) == held.finding


def test_whatever_a_form_wants_has_words() -> None:
    wanted: set[str] = set()
    for path in sorted((ROOT / "processes" / "forms").glob("*.json")):
        for field in json.loads(path.read_text(encoding="utf-8")).get("properties", {}).values():
            wanted |= field.keys()
    rules = {name for name in wanted if not name.startswith("x-")} - {"title", "description"}
    assert {"type", "maxLength"} <= rules
    assert not {f"form.{one}" for one in rules} - _catalogue("es").keys()


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [
        (None, None, "es"),
        (None, "es-CL,es;q=0.9,en;q=0.8", "es"),
        (None, "en-US,en;q=0.9", "en"),
        (None, "fr-FR,fr;q=0.9", "es"),
        (None, "fr,en;q=0.3,es;q=0.7", "es"),
        ("en", "es-CL", "en"),
        ("xx", "en", "en"),
        (None, ";;;,=,en;q=x", "es"),
    ],
)
def test_the_language_is_the_chosen_one_or_the_browsers_or_spanish(
    chosen: str | None, accepted: str | None, language: str
) -> None:
    assert language_of(chosen, accepted) == language


def _codes() -> set[str]:
    """Codes of incidents: of the engine, by what says so of them; of connectors that refuse."""
    found: set[str] = set()
    for path in sorted((*(SOURCE / "core" / "process").rglob("*.py"), *RUNTIME.rglob("*.py"),
                        *(SOURCE / "connectors").rglob("*.py"))):  # fmt: skip
        text = path.read_text(encoding="utf-8")
        found |= set(_STUCK.findall(text)) | set(_INCIDENT.findall(text))
        found |= set(_REFUSED.findall(text)) if "connectors" in path.parts else set()
    return found


def _catalogue(language: str) -> dict[str, str]:
    return dict(read_words()[language].entries)


def test_each_action_of_people_and_each_kind_of_what_it_is_done_to_has_words() -> None:
    said = re.compile(r'(?:record\(\s*[\w, ]*?|action=)"([a-z]+\.[a-z.]+)"')
    actions = {
        one for path in RUNTIME.rglob("*.py") for one in said.findall(path.read_text("utf-8"))
    } | {
        one
        for path in (PORTAL / "pages").glob("*.py")
        for one in said.findall(path.read_text("utf-8"))
    }
    assert {"order.retry", "statistics.export", "people.add", "view.keep"} <= actions
    for language in LANGUAGES:
        known = _catalogue(language)
        assert not {one for one in actions if f"action.{one}" not in known}
        kinds = {key.split(".")[1] for key in known if key.startswith("action.")}
        named = {key.split(".")[2] for key in known if key.startswith("audit.kinds.")}
        assert kinds == named, language
