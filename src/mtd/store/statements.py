"""The named statements of `sql/**/*.sql`: text with `:name` parameters, read once at import.

A statement opens with `-- name: group.name` and one comment line that says what it is for.
"""

import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

import msgspec

_HEAD = re.compile(r"^-- name: (\S+)\n-- \S.*\n", re.MULTILINE)
_PARAMETER = re.compile(r"(?<![:\w]):([a-z][a-z0-9_]*)")


class Statement(msgspec.Struct, frozen=True):
    """SQL whose parameters have been numbered, and their names in that order."""

    text: str
    parameters: tuple[str, ...]

    def __call__(self, **values: Any) -> tuple[Any, ...]:
        """The arguments of an asyncpg method: the text, then the values in order.

        Raises KeyError for a parameter without a value.
        """
        return (self.text, *(values[name] for name in self.parameters))


def numbered(sql: str) -> Statement:
    """`sql` with `:name` turned into `$n`, the same name always the same number."""
    names: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        return f"${names.setdefault(match[1], len(names) + 1)}"

    text = _PARAMETER.sub(number, sql)
    return Statement(text, tuple(names))


def composed(fragments: Mapping[str, str], names: Iterable[str], last: str) -> Statement:
    """One statement: the fragments `names` as parts of a WITH, then the fragment `last`."""
    parts = ",\n".join(fragments[name] for name in names)
    return numbered(f"WITH {parts}\n{fragments[last]}")


def read(group: str) -> dict[str, str]:
    """The text of each statement of `sql/<group>.sql`, by its name without the group's own.

    A group is `room/name`, as its file lies in `sql`.
    """
    sql = files("mtd.store").joinpath("sql", f"{group}.sql").read_text(encoding="utf-8")
    heads = list(_HEAD.finditer(sql))
    ends = [head.start() for head in heads[1:]] + [len(sql)]
    prefix = f"{group.rpartition('/')[2]}."
    return {
        head[1].removeprefix(prefix): sql[head.end() : end].strip().removesuffix(";")
        for head, end in zip(heads, ends, strict=True)
    }


def statements(group: str) -> dict[str, Statement]:
    """The statements of `sql/<group>.sql`, ready to run."""
    return {name: numbered(sql) for name, sql in read(group).items()}
