"""Conflicts: why something cannot be done now, in the reader's language.

The rooms below say it in English, as the API does; the English catalogue has each of these
sentences with names for what varies, and every other catalogue says the same under the same key.
"""

import re

from mtd.faces.portal.words import Words

BEGINNING = "conflict."
_NAME = re.compile(r"\{(\w+)\}")


class Conflicts:
    """The sentences that are known, those with fewer names first: they say more."""

    def __init__(self, english: Words) -> None:
        found = [(key, text) for key, text in english.entries.items() if key.startswith(BEGINNING)]
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


def _pattern(text: str) -> re.Pattern[str]:
    parts = _NAME.split(text)
    whole = "".join(
        f"(?P<{part}>.+?)" if n % 2 else re.escape(part) for n, part in enumerate(parts)
    )
    return re.compile(whole, re.DOTALL)
