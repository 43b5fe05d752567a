"""The catalogues: both languages say the same things, and all that the portal says is in them."""

import re
from pathlib import Path

import pytest

from mtd.faces.portal import words
from mtd.faces.portal.navigation import PLACES
from mtd.faces.portal.words import LANGUAGES, language_of, read_words
from mtd.runtime.desk.orders.telling import KEYS

PORTAL = Path(words.__file__).parent
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


def _catalogue(language: str) -> dict[str, str]:
    return dict(read_words()[language].entries)
