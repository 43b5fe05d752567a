"""Exploring: every marking of a net, up to a bound: joins that wait for ever, tokens too many."""

from collections import Counter, deque
from collections.abc import Iterator
from itertools import islice

from mtd.core.process.compiler.answers import Fault
from mtd.core.process.reaching import nothing_else_comes, ways_in
from mtd.core.process.soundness.net import Net, ends_all

MARKINGS_MAX = 10_000
"""Markings of one scope that are looked at; beyond, it is said that the rest was not."""
WORK_MAX = 3_000_000
"""Flows and nodes looked at while all scopes of a definition are played; the same beyond."""

JOINING = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway", "endEvent"})
"""Kinds that take several tokens together, or end each."""

Marking = frozenset[str]
"""The flows on which a token is; a second one on the same flow is told, and not played on."""
JOIN = 4
"""What it takes to find the ways into a join, for each element there is."""


class Work:
    """What may still be looked at."""

    def __init__(self, left: int = WORK_MAX) -> None:
        self.left = left
        self._joins: set[str] = set()

    def look_at(self, net: Net, join: str) -> None:
        """The ways into `join` are found out, by going through the whole definition. As `spend`."""
        if join not in self._joins:
            self._joins.add(join)
            self.spend(JOIN * len(net.definition.elements))

    def spend(self, count: int) -> None:
        """So many were looked at, or will be. Raises _Enough where that is too much."""
        self.left -= count
        if self.left < 0:
            raise _Enough


class _Enough(Exception):
    """More is not looked at."""


class _Found:
    """What an exploration found out."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.stuck: dict[str, str] = {}
        """Joins at which a token may wait for ever, and the flow by which nothing comes."""
        self.twice: set[str] = set()
        """Nodes to which a second token may come by the flow on which one is already."""
        self.together: set[str] = set()
        """Nodes into which tokens may come by several flows at once, and that do not join them."""
        self.left: bool = False
        """Some markings were not looked at."""


def explored(net: Net, work: Work) -> Iterator[Fault]:
    """Warnings about how tokens may move in `net`, as far as `work` goes."""
    if (unplayed := _unplayed(net)) is not None:
        yield net.doubt(unplayed, "not explored: tokens are counted here in ways of their own")
        return
    found = _Found(work)
    try:
        for starts in net.starts:
            _explore(net, starts, found)
    except _Enough:
        found.left = True
    for node, flow in found.stuck.items():
        source = next((net.nodes[n] for n, out in net.out_of.items() if flow in out), None)
        whence = f" from {source.name or source.id!r}" if source is not None else ""
        yield net.doubt(node, f"a token may wait here for ever: nothing comes by {flow}{whence}")
    for node in _first(net, found.twice | found.together):
        yield net.doubt(node, "it may be done twice: parallel ways come here without a join")
    if found.left:
        yield net.doubt("", "not explored to the end: tokens may stand in too many ways")


def _first(net: Net, doubled: set[str]) -> list[str]:
    """Where a second token comes first, of the nodes to which one may: not all that follow."""
    after = {net.target[flow] for node in doubled for flow in net.out_of[node]}
    first = [node for node in net.nodes if node in doubled - after]
    known = first or [node for node in net.nodes if node in doubled]
    return [node for node in known if net.nodes[node].kind != "endEvent"]


def _unplayed(net: Net) -> str | None:
    """A node whose rule is not that of a flow alone."""
    for node in net.nodes.values():
        counted = node.start_quantity != 1 or node.completion_quantity != 1
        if counted or (node.kind == "complexGateway" and len(net.into[node.id]) > 1):
            return node.id
    return None


def _explore(net: Net, starts: tuple[str, ...], found: _Found) -> None:
    seen: set[Marking] = set()
    waiting: deque[Marking] = deque()

    def come(marking: Marking) -> None:
        if marking in seen:
            return
        if len(seen) >= MARKINGS_MAX:
            found.left = True
            return
        seen.add(marking)
        waiting.append(marking)

    for marking in _begun(net, starts, found):
        come(marking)
    while waiting:
        marking = waiting.popleft()
        found.work.spend(1 + len(marking))
        moved = False
        for following in _moves(net, marking, found):
            moved = True
            come(following)
        if marking and not moved:
            _note_stuck(net, marking, found)


def _begun(net: Net, starts: tuple[str, ...], found: _Found) -> list[Marking]:
    """The markings in which the nodes `starts` have just been done, in every way they may be."""
    markings: list[Marking] = [frozenset()]
    for start in starts:
        joined = (_filled(net, m, ways, found) for m in markings for ways in net.ways(start))
        some = islice((marking for marking in joined if marking is not None), MARKINGS_MAX + 1)
        markings = list(some)
        found.left |= len(markings) > MARKINGS_MAX
    return markings


def _moves(net: Net, marking: Marking, found: _Found) -> Iterator[Marking]:
    come = Counter(net.target[flow] for flow in marking)
    for node in sorted(come):
        found.work.spend(1 + len(net.into[node]))
        if come[node] > 1 and net.nodes[node].kind not in JOINING and node not in net.beside:
            found.together.add(node)
        for taken in _taken(net, marking, node, found.work):
            left = marking - set(taken)
            if ends_all(net.nodes[node]):
                yield frozenset()
                continue
            for ways in net.ways(node):
                following = _filled(net, left, ways, found)
                if following is not None:
                    yield following


def _taken(net: Net, marking: Marking, node: str, work: Work) -> Iterator[tuple[str, ...]]:
    """The tokens that `node` may take together now."""
    into = net.into[node]
    come = tuple(flow for flow in into if flow in marking)
    match net.nodes[node].kind:
        case "parallelGateway":
            if len(come) == len(into):
                yield come
        case "inclusiveGateway" if len(into) > 1:
            work.look_at(net, node)
            work.spend(len(marking))
            elsewhere = {net.target[flow] for flow in marking if flow not in come}
            if nothing_else_comes(ways_in(net.definition, node), come, elsewhere - {node}):
                yield come
        case _:
            yield from ((flow,) for flow in come)


def _filled(net: Net, marking: Marking, ways: tuple[str, ...], found: _Found) -> Marking | None:
    """`marking` with tokens on `ways`; None where one is there already: that is told instead."""
    found.work.spend(1 + len(marking) + len(ways))
    twice = {net.target[flow] for flow in ways if flow in marking} - net.beside
    found.twice.update(twice)
    return None if twice else marking | set(ways)


def _note_stuck(net: Net, marking: Marking, found: _Found) -> None:
    for node in {net.target[flow] for flow in marking}:
        missing = [flow for flow in net.into[node] if flow not in marking]
        if missing:
            found.stuck.setdefault(node, missing[0])
