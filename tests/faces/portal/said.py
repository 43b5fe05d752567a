"""What modules say in English, read off their source, and whether the catalogue has it."""

import ast
from pathlib import Path

from mtd.faces.portal.sentences import Sentences
from mtd.faces.portal.words import read_words


def each_has_words(kind: str, said: list[str], least: int) -> None:
    """Fails where the catalogue lacks one of these sentences, or fewer than expected were read."""
    known = Sentences(read_words()["en"], kind)
    assert len(said) > least
    assert sorted({one for one in said if known.key(one) is None}) == []


def calls_of(path: Path, named: dict[str, int]) -> list[str]:
    """What a module says where it calls these, with something in the place of what varies.

    `named`: which argument of each has the words, or a name of them.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said: list[str] = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in named:
                place = named[name]
            case _:
                continue
        words = node.args[place] if len(node.args) > place else None
        said += [_text(one) for one in _worded(tree, words)]
    return said


def given_by(path: Path) -> list[str]:
    """What a module says where it returns or yields text, likewise."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = [one for one in ast.walk(tree) if isinstance(one, ast.Return | ast.Yield)]
    return [_text(one) for node in nodes for one in _worded(tree, node.value) if _text(one)]


def _worded(tree: ast.AST, words: ast.expr | None) -> list[ast.Constant | ast.JoinedStr]:
    """The text itself, or what a name of it is made to be."""
    if isinstance(words, ast.JoinedStr) or (
        isinstance(words, ast.Constant) and isinstance(words.value, str)
    ):
        return [words]
    if not isinstance(words, ast.Name):
        return []
    made = [one for one in ast.walk(tree) if isinstance(one, ast.Assign)]
    return [
        found
        for one in made
        if any(isinstance(target, ast.Name) and target.id == words.id for target in one.targets)
        for found in _worded(tree, one.value)
    ]


def _text(words: ast.Constant | ast.JoinedStr) -> str:
    """With X in the place of what varies, in quotes where it is quoted."""
    parts = words.values if isinstance(words, ast.JoinedStr) else [words]
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else _place(part) for part in parts
    )


def _place(part: ast.expr) -> str:
    assert isinstance(part, ast.FormattedValue)
    text = ast.unparse(part.value)
    named = ("status", "called", "label", "inside", "here", "there")
    if text.endswith("status"):
        return "500"
    quoted = part.conversion == ord("r") or any(word in text for word in named)
    return "'X'" if quoted else "X"
