"""Associations that are drawn outside processes, found again by what they tie."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

Ends = tuple[str, str]
"""Ids of the source and of the target of an association."""
Outside = Mapping[str, Sequence[Ends]]
"""Associations by either end."""


def by_end(drawn: Iterable[Ends]) -> Outside:
    """The associations `drawn`, by either end."""
    found: dict[str, list[Ends]] = defaultdict(list)
    for ends in drawn:
        for end in ends:
            found[end].append(ends)
    return dict(found)


def touching(outside: Outside, ids: Iterable[str]) -> tuple[Ends, ...]:
    """Associations with an end among `ids`, each once."""
    return tuple(dict.fromkeys(ends for own in ids for ends in outside.get(own, ())))
