"""Circles are found as whoever compares all pairs finds them."""

from hypothesis import given
from hypothesis import strategies as st

from mtd.core.process.soundness.circles import circles

NODES = "abcdefg"
graphs = st.dictionaries(st.sampled_from(NODES), st.lists(st.sampled_from(NODES + "x")))


def reached(after: dict[str, list[str]], node: str) -> set[str]:
    found: set[str] = set()
    waiting = [node]
    while waiting:
        for one in after.get(waiting.pop(), []):
            if one in after and one not in found:
                found.add(one)
                waiting.append(one)
    return found


@given(graphs)
def test_who_leads_to_one_another_is_one_group(after: dict[str, list[str]]) -> None:
    wanted = {
        frozenset(
            [node, *(o for o in after if o in reached(after, node) and node in reached(after, o))]
        )
        for node in after
    }
    found = [frozenset(group) for group in circles(after)]
    assert len(found) == len(wanted) and set(found) == wanted


def test_a_long_way_is_walked_without_recursion() -> None:
    after = {str(n): [str((n + 1) % 20_000)] for n in range(20_000)}
    assert [len(group) for group in circles(after)] == [20_000]
