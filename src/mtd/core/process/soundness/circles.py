"""Circles: nodes that lead to one another, each group of them once, in one walk (Tarjan, 1972)."""

from collections.abc import Iterator, Mapping, Sequence


def circles(after: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """The groups of nodes of which each leads to all others; a node in no circle is a group alone.

    `after`: what follows each node; what is no key of it is passed over.
    """
    walk = _Walk(after)
    for node in after:
        if node not in walk.number:
            yield from walk.groups(node)


class _Walk:
    """A walk from node to node in depth, without recursion."""

    def __init__(self, after: Mapping[str, Sequence[str]]) -> None:
        self.number: dict[str, int] = {}
        """In which order nodes were come to."""
        self._after = after
        self._lowest: dict[str, int] = {}
        """The first node of those on the path to which a node leads."""
        self._path: list[str] = []
        self._on_path: set[str] = set()
        self._open: list[tuple[str, Iterator[str]]] = []

    def groups(self, root: str) -> Iterator[list[str]]:
        """Those to which `root` leads, and that were not come to before."""
        self._come(root)
        while self._open:
            node, following = self._open[-1]
            fresh = self._fresh(node, following)
            if fresh is not None:
                self._come(fresh)
                continue
            self._open.pop()
            if self._open:
                before = self._open[-1][0]
                self._lowest[before] = min(self._lowest[before], self._lowest[node])
            if self._lowest[node] == self.number[node]:
                yield self._taken(node)

    def _come(self, node: str) -> None:
        self.number[node] = self._lowest[node] = len(self.number)
        self._path.append(node)
        self._on_path.add(node)
        self._open.append((node, iter(self._after[node])))

    def _fresh(self, node: str, following: Iterator[str]) -> str | None:
        """The next node after `node` to which nobody has come yet."""
        for one in following:
            if one in self._after and one not in self.number:
                return one
            if one in self._on_path:
                self._lowest[node] = min(self._lowest[node], self.number[one])
        return None

    def _taken(self, node: str) -> list[str]:
        """The end of the path, from `node` on: a group."""
        group: list[str] = []
        while not group or group[-1] != node:
            group.append(self._path.pop())
        self._on_path.difference_update(group)
        return group
