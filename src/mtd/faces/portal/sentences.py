"""Sentences: what the rooms below say in English, in the reader's language.

The English catalogue has each of them with names for what varies, and every other catalogue says
the same under the same key. What a name stands for is a value, and told as one: `{order_state}` by
the name of that state, `{step}` in the quotes of the language.
"""

import re
from collections.abc import Callable, Mapping

from mtd.core.orders.states import OrderState
from mtd.faces.portal.words import Words

CONFLICTS = "conflict."
"""Why something cannot be done now, as the API says it too."""
FLAWS = "flaw."
"""Why a file could not be read as an order, or not be shown."""
PARSER = "parser."
"""What the parser of XML says of a file."""
FAULTS = "fiscal"
"""What is wrong with a tax document, and how many faults more there are."""
TROUBLES = "trouble."
"""What the engine says of an exception, and a connector of an attempt."""
REASONS = "reason."
"""Why the engine did not let in what was asked of an instance."""
VERDICTS = "verdict."
"""What came of an item of a bulk action, or why it takes no part."""
LINE = "flaw_place.line"
_NAME = re.compile(r"\{(\w+)\}")
_PLACE = re.compile(r"line (\d+)\b")
_QUOTED = r"'[^']*'|\"[^\"]*\""
_STRICT = {"step": _QUOTED, "other": _QUOTED, "version": r"\S+", "status": r"\d{3}"}
"""What these names may stand for; others for anything."""
_TABLES = {
    "arrived": "arrived.",
    "awaited": "awaited.",
    "bulk_state": "bulk.state.",
    "element_kind": "element.",
    "file_state": "files.state.",
    "instance": "instance.",
    "other_kind": "element.",
    "pause_kind": "pauses.kind.",
    "receipt": "receipt.",
    "ruling": "ruling.",
    "task": "task.",
}
"""Where the catalogue has the words of what these names stand for: codes."""
_CODE = re.compile(r"\w+")
Told = Callable[[str, Words], str]
"""Tells a part of a sentence in a language."""
NOTHING: Mapping[str, Told] = {}


class Sentences:
    """The sentences of one kind, those with fewer names first: they say more."""

    def __init__(self, english: Words, *beginnings: str) -> None:
        """`beginnings`: of their keys in the catalogue."""
        entries = english.entries.items()
        found = [(key, text) for key, text in entries if key.startswith(beginnings)]
        found.sort(key=lambda one: (len(_NAME.findall(one[1])), -len(one[1])))
        self._known = [(key, _pattern(text)) for key, text in found]

    def key(self, said: str) -> tuple[str, dict[str, str]] | None:
        """Which sentence it is, and what its names stand for; None: it is not known."""
        for key, pattern in self._known:
            if match := pattern.fullmatch(said):
                return key, match.groupdict()
        return None

    def told(self, said: str, words: Words, inner: Mapping[str, Told] = NOTHING) -> str:
        """The sentence in the language of `words`; as it is where it is not known.

        `inner` tells what the names stand for that are sentences themselves.
        """
        found = self.key(said)
        if found is None:
            return said
        key, values = found
        return words(key, **{
            name: inner[name](value, words) if name in inner else _value(name, value, words)
            for name, value in values.items()
        })  # fmt: skip

    def told_of_place(self, said: str, words: Words, inner: Mapping[str, Told] = NOTHING) -> str:
        """The same of a finding that may say first where it is: `line 3, Item (lines[0]): …`."""
        place, apart, rest = said.partition(": ")
        if self.key(said) is not None or not apart:
            return self.told(said, words, inner)
        where = _PLACE.sub(lambda line: words(LINE, n=line[1]), place, count=1)
        return f"{where}: {self.told(rest, words, inner)}"


def state_name(state: str, language: str) -> str:
    """What an order's state is called; a state of nothing we know by its code."""
    try:
        found = OrderState(state)
    except ValueError:
        return state
    return found.es if language == "es" else found.en


def _value(name: str, value: str, words: Words) -> str:
    """What a name stands for, told as what it is."""
    if name in ("order_state", "next_state"):
        return state_name(value, words.language)
    if name in ("step", "other") and words.language == "es":
        return f"“{value[1:-1]}”"
    if name not in _TABLES:
        return value
    code = _CODE.match(value)
    table = _TABLES[name]
    told = words.known(table + code[0], "") if code else ""
    return told or words.known(table + value.upper(), value)


def _pattern(text: str) -> re.Pattern[str]:
    parts = _NAME.split(text)
    whole = "".join(
        f"(?P<{part}>{_STRICT.get(part, '.+?')})" if n % 2 else re.escape(part)
        for n, part in enumerate(parts)
    )
    return re.compile(whole, re.DOTALL)
