"""Which processes of a drawing run, and what they are called."""

import pytest

from mtd.core.process.binding import read_bindings
from mtd.core.process.compiler import apart, chosen
from tests.core.process.drawn import drawing

ONE, TWO = (f'<process id="{id_}" {{}}><task id="t{id_}"/></process>' for id_ in "ab")
EMPTY = '<process id="main"/>'


def running(body: str, bindings: str = "") -> list[tuple[str, str]]:
    """Names of definitions, each with the id of its process."""
    drawn = drawing(EMPTY + body)
    found = apart(drawn, read_bindings(bindings.encode())).items()
    processes = [(name, chosen(drawn, narrowed)) for name, narrowed in found]
    return [(name, process.id if process else "") for name, process in processes]


@pytest.mark.parametrize(
    ("first", "second", "ids"),
    [
        ("", "", ["a", "b"]),
        ('isExecutable="false"', 'isExecutable="false"', ["a", "b"]),
        ('isExecutable="false"', "", ["b"]),
        ("", 'isExecutable="true"', ["b"]),
        ('isExecutable="false"', 'isExecutable="true"', ["b"]),
    ],
)
def test_those_run_that_say_so_else_all_that_have_something_in_them(
    first: str, second: str, ids: list[str]
) -> None:
    assert [id_ for _, id_ in running(ONE.format(first) + TWO.format(second))] == ids


@pytest.mark.parametrize(
    ("bindings", "expected"),
    [
        ('name = "x"', [("x", "a"), ("two", "b")]),
        ('process = "TWO"', [("two", "b")]),
        ('process = "b"\nname = "x"', [("x", "b")]),
        ('process = ["two", "a"]\nname = "x"', [("x", "b"), ("one", "a")]),
        ('process = ["two", "nobody"]', [("two", "b"), ("nobody", "")]),
        ('process = "nobody"', []),
    ],
)
def test_the_bindings_say_which_and_the_name_of_the_first(
    bindings: str, expected: list[tuple[str, str]]
) -> None:
    assert running(ONE.format('name="one"') + TWO.format('name="two"'), bindings) == expected


def test_an_id_comes_before_a_name() -> None:
    body = ONE.format('name="b"') + TWO.format('name="a"')
    assert running(body, 'process = "a"') == [("b", "a")]


def test_a_process_without_a_name_has_that_of_its_pool() -> None:
    pool = (
        '<collaboration id="c"><participant id="x" name="Tienda" processRef="a"/></collaboration>'
    )
    assert running(pool + ONE.format("")) == [("Tienda", "a")]
    assert running(pool + ONE.format("") + TWO.format('name="Tienda"')) == [
        ("Tienda", "a"),
        ("b", "b"),
    ]
