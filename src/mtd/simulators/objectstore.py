"""The object store: put, get, list; tells of each new object, now and then twice."""

from collections.abc import Callable
from functools import partial
from hashlib import sha256

import msgspec

from mtd.simulators.announcer import Event
from mtd.simulators.ledger import Outcome
from mtd.simulators.rest import say_malformed
from mtd.simulators.system import Asked, Incoming, Malformed, Reply, System, told
from mtd.simulators.world import World

TOLD_AFTER_S = 0.5
NAME_MAX = 1_024
PAGE_MAX = 1_000


class StoredObject(msgspec.Struct, frozen=True):
    """An object as it is listed."""

    name: str
    size: int
    etag: str


class Bucket:
    """Objects by name, such as `CL/paris/ecommerce/PW-10023.xml`."""

    def __init__(self, world: World) -> None:
        self._announcer = world.announcer
        self._told_after_s = world.delay_s("told", TOLD_AFTER_S)
        self._objects: dict[str, bytes] = {}

    def read(self, incoming: Incoming) -> Asked:
        """`PUT /{name}`, `GET /{name}`, `GET /?prefix=&after=`; raises Malformed."""
        name = incoming.path.removeprefix("/")
        if incoming.method == "GET" and not name:
            prefix, after = incoming.query.get("prefix", ""), incoming.query.get("after", "")
            return _asked("list", "", partial(self._list, prefix, after))
        if not 0 < len(name) <= NAME_MAX:
            raise Malformed(400, f"name: 1 to {NAME_MAX} characters")
        if incoming.method == "GET":
            return _asked("get", name, partial(self._get, name))
        if incoming.method == "PUT":
            return _asked("put", name, partial(self._put, name, incoming.body), incoming.body)
        raise Malformed(405, f"{incoming.method} is not for objects")

    def _put(self, name: str, content: bytes, _verdict: str | None) -> Reply:
        known = self._objects.get(name) == content
        self._objects[name] = content
        listed = self._listed(name)
        payload = {"name": name, "size": listed.size, "etag": listed.etag}
        event = Event(name="ObjectCreated", key=name, payload=payload, after_s=self._told_after_s)
        self._announcer.tell(name, [event])
        outcome = Outcome.REPEATED if known else Outcome.APPLIED
        return msgspec.structs.replace(told(listed), outcome=outcome, subject=listed.etag)

    def _get(self, name: str, _verdict: str | None) -> Reply:
        content = self._objects.get(name)
        if content is None:
            return say_malformed(Malformed(404, "no such object"))
        return Reply(body=content, content_type="application/octet-stream", outcome=Outcome.READ)

    def _list(self, prefix: str, after: str, _verdict: str | None) -> Reply:
        names = sorted(name for name in self._objects if name.startswith(prefix) and name > after)
        objects = [self._listed(name) for name in names[:PAGE_MAX]]
        return told({"objects": objects, "more": len(names) > PAGE_MAX})

    def _listed(self, name: str) -> StoredObject:
        content = self._objects[name]
        return StoredObject(name, len(content), sha256(content).hexdigest())


def objectstore(world: World) -> System:
    """The object store."""
    return System(
        name="objectstore",
        median_ms=20,
        p99_ms=100,
        shares={"event_repeated": 0.05},
        verdicts=frozenset(),
        read=Bucket(world).read,
        malformed=say_malformed,
    )


def _asked(
    operation: str, name: str, act: Callable[[str | None], Reply], payload: bytes = b""
) -> Asked:
    return Asked(operation=operation, order=name, payload=payload, act=act)
