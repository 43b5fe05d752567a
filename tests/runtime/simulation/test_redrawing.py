"""Redrawing: what the next version renames is said, and is of the process of the instance."""

from random import Random

from mtd.runtime.simulation.drafting import CALLED, PROCESS, Draft
from mtd.runtime.simulation.redrawing import gently, roughly


def test_only_what_an_instance_can_be_at_is_renamed() -> None:
    """A process that is called has instances of its own, which follow by themselves."""
    draft = Draft(Random(7))
    for process in (PROCESS, CALLED):
        inner = draft.node("subProcess", process)
        start, end = draft.node("startEvent", process), draft.node("endEvent", process)
        draft.chain(process, start, inner, end)
        draft.chain(inner, draft.node("startEvent", inner), draft.node("endEvent", inner))
    redrawn = [act(draft) for act in (gently, roughly) for _ in range(50)]
    renamed = {id_ for one in redrawn for id_ in one.mapping}
    assert renamed and {draft.process_of(id_) for id_ in renamed} == {PROCESS}
    for one in redrawn:
        assert one.mapping.keys().isdisjoint(one.draft.nodes)
        assert one.draft.nodes.keys() >= set(one.mapping.values())
