"""Interpreting: what the engine, its connectors and bulk actions say, in the reader's language.

A journal keeps their words in English, and so do the rows that are made of it.
"""

from mtd.faces.portal.sentences import (
    CONFLICTS,
    FAULTS,
    FLAWS,
    PARSER,
    REASONS,
    TROUBLES,
    VERDICTS,
    Sentences,
    state_name,
)
from mtd.faces.portal.words import Words

APART = "; "
"""Between the reasons of one refusal."""


class Interpreter:
    """Who tells each kind of what is said."""

    def __init__(self, english: Words) -> None:
        self._conflicts = Sentences(english, CONFLICTS)
        self._flaws = Sentences(english, FLAWS)
        self._faults = Sentences(english, FAULTS)
        self._parser = Sentences(english, PARSER)
        self._troubles = Sentences(english, TROUBLES)
        self._reasons = Sentences(english, REASONS)
        self._verdicts = Sentences(english, VERDICTS)

    def trouble(self, said: str, words: Words) -> str:
        """What is said of an exception or of an attempt.

        What could not be undone says first by what error: `ERROR: what was said of it`.
        """
        code, apart, rest = said.partition(": ")
        if apart and (title := words.known(f"code.{code}.title", "")):
            return f"{title}: {self.trouble(rest, words)}"
        if self._troubles.key(said) is None:
            return self._faulty(said, words)
        return self._troubles.told(said, words, {"why": self.trouble})

    def _faulty(self, said: str, words: Words) -> str:
        """The faults of a tax document, each after its field; what others say stays as it is."""
        parts = said.split(APART)
        return APART.join(self._faults.told_of_place(part, words) for part in parts)

    def reason(self, said: str, words: Words) -> str:
        """Why something was not let in; of several reasons, each."""
        if self._reasons.key(said) is None and APART in said:
            return APART.join(self.reason(one, words) for one in said.split(APART))
        return self._reasons.told(said, words, {"reasons": self.reason})

    def conflict(self, said: str, words: Words) -> str:
        """Why something cannot be done now; the engine's own reasons are among them."""
        if self._conflicts.key(said) is None:
            return self.reason(said, words)
        return self._conflicts.told(said, words)

    def flaw(self, said: str, words: Words) -> str:
        """Why a file could not be read as an order, or not be shown; a line of it."""
        return self._flaws.told_of_place(said, words, {"said": self._parser.told})

    def verdict(self, said: str, words: Words) -> str:
        """What came of an item of a bulk action, or why it takes no part.

        One that went well says how its order stands; one that failed, by what error or cause.
        """
        if self._verdicts.key(said) is not None:
            return self._verdicts.told(said, words)
        code, apart, rest = said.partition(": ")
        if apart and (cause := words.known(f"cause.{code}", "")):
            return f"{cause}: {self.flaw(rest, words)}"
        told = self.trouble(said, words)
        if told != said:
            return told
        state = state_name(said, words.language)
        return self.reason(said, words) if state == said else state
