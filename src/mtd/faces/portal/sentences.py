"""Sentences: what the rooms below say in English, in the reader's language.

The English catalogue has each of them with names for what varies, and every other catalogue says
the same under the same key.
"""

import re

from mtd.faces.portal.words import Words

CONFLICTS = "conflict."
"""Why something cannot be done now, as the API says it too."""
FLAWS = "flaw."
"""Why a file could not be read as an order, or not be shown."""
LINE = "flaw_place.line"
_NAME = re.compile(r"\{(\w+)\}")
_PLACE = re.compile(r"line (\d+)\b")


class Sentences:
    """The sentences of one kind, those with fewer names first: they say more."""

    def __init__(self, english: Words, beginning: str) -> None:
        """`beginning`: of their keys in the catalogue."""
        found = [(key, text) for key, text in english.entries.items() if key.startswith(beginning)]
        found.sort(key=lambda one: (len(_NAME.findall(one[1])), -len(one[1])))
        self._known = [(key, _pattern(text)) for key, text in found]

    def key(self, said: str) -> tuple[str, dict[str, str]] | None:
        """Which sentence it is, and what its names stand for; None: it is not known."""
        for key, pattern in self._known:
            if match := pattern.fullmatch(said):
                return key, match.groupdict()
        return None

    def told(self, said: str, words: Words) -> str:
        """The sentence in the language of `words`; as it is where it is not known."""
        found = self.key(said)
        return said if found is None else words(found[0], **found[1])

    def told_of_place(self, said: str, words: Words) -> str:
        """The same of a finding that may say first where it is: `line 3, Item (lines[0]): …`."""
        place, apart, rest = said.partition(": ")
        if self.key(said) is not None or not apart:
            return self.told(said, words)
        where = _PLACE.sub(lambda line: words(LINE, n=line[1]), place, count=1)
        return f"{where}: {self.told(rest, words)}"


def _pattern(text: str) -> re.Pattern[str]:
    parts = _NAME.split(text)
    whole = "".join(
        f"(?P<{part}>.+?)" if n % 2 else re.escape(part) for n, part in enumerate(parts)
    )
    return re.compile(whole, re.DOTALL)
