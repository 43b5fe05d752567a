"""Words: what the portal says, in the language of who reads; catalogues are files beside this."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import msgspec

LANGUAGES = ("es", "en")
"""Spanish first."""
FOLDER = Path(__file__).with_name("messages")
_ACCEPTED = re.compile(r"([A-Za-z]{1,8})(?:-[A-Za-z0-9-]{1,30})?\s*(?:;\s*q=([01](?:\.\d{1,3})?))?")
ACCEPTED_MAX = 20
"""Languages of a browser that are looked at."""


class Words:
    """One language's catalogue."""

    def __init__(self, language: str, catalogue: Mapping[str, str]) -> None:
        self.language = language
        self.entries = catalogue

    def __call__(self, key: str, **values: object) -> str:
        """What `key` says, with its `{names}` filled in. Raises KeyError: nothing does."""
        text = self.entries[key]
        return text.format(**values) if values else text

    def known(self, key: str, otherwise: str) -> str:
        """What `key` says, or `otherwise`: for codes of which not all have words."""
        return self.entries.get(key, otherwise)


def read_words(folder: Path = FOLDER) -> dict[str, Words]:
    """Every catalogue, by language. Raises OSError, and msgspec.DecodeError."""
    return {
        language: Words(
            language, flat(msgspec.toml.decode((folder / f"{language}.toml").read_bytes()))
        )
        for language in LANGUAGES
    }


def flat(tables: Mapping[str, object], before: str = "") -> dict[str, str]:
    """Nested tables as `a.b.c` to text."""
    found: dict[str, str] = {}
    for name, value in tables.items():
        if isinstance(value, dict):
            found |= flat(cast("dict[str, object]", value), f"{before}{name}.")
        else:
            found[before + name] = str(value)
    return found


def language_of(chosen: str | None, accepted: str | None) -> str:
    """The language that a person chose, else what their browser wants most, else Spanish."""
    if chosen in LANGUAGES:
        return chosen
    best, language = 0.0, LANGUAGES[0]
    for part in (accepted or "").split(",")[:ACCEPTED_MAX]:
        found = _ACCEPTED.fullmatch(part.strip())
        if found is None or found[1].lower() not in LANGUAGES:
            continue
        weight = float(found[2] or 1)
        if weight > best:
            best, language = weight, found[1].lower()
    return language
