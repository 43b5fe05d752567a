"""Sales Support: takes an order's status and opens cases, in SOAP-like XML."""

from collections.abc import Mapping
from functools import partial
from html import escape

from mtd.simulators.ledger import Outcome
from mtd.simulators.soap import XML, answer, fault, read_call
from mtd.simulators.system import Asked, Incoming, Malformed, Reply, System
from mtd.simulators.world import World

PATH = "/services/SalesSupport"
NAMESPACE = "urn:sales-support:v1"
REQUIRED = {
    "publishOrder": ("requestId", "orderId", "status"),
    "openCase": ("requestId", "orderId", "subject", "severity"),
}
SEVERITIES = ("LOW", "MEDIUM", "HIGH")


class Cases:
    """What was published and opened; a `requestId` seen before gets the answer it got."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._answers: dict[tuple[str, str], tuple[Mapping[str, str], Reply]] = {}

    def read(self, incoming: Incoming) -> Asked:
        """The operation that is asked for; raises Malformed."""
        if (incoming.method, incoming.path) != ("POST", PATH):
            raise Malformed(404, f"nothing at {incoming.path}")
        name, values = read_call(incoming.body)
        if name not in REQUIRED:
            raise Malformed(400, f"no operation {name}")
        for field in REQUIRED[name]:
            if not values.get(field, "").strip():
                raise Malformed(400, f"{name}/{field}: missing", values.get("orderId", ""))
        if name == "openCase" and values["severity"] not in SEVERITIES:
            raise Malformed(400, f"severity: not one of {', '.join(SEVERITIES)}", values["orderId"])
        return Asked(
            operation="publish" if name == "publishOrder" else "open_case",
            order=values["orderId"],
            key=values["requestId"],
            payload=incoming.body,
            act=partial(self._act, name, values),
        )

    def _act(self, name: str, values: Mapping[str, str], _verdict: str | None) -> Reply:
        place = (name, values["requestId"])
        if place in self._answers:
            before, reply = self._answers[place]
            reused = Malformed(422, "requestId: was used for another request")
            return reply if before == values else fault(reused)
        content = f"<requestId>{escape(values['requestId'])}</requestId><result>OK</result>"
        subject = values.get("status", "")
        if name == "openCase":
            subject = self._world.new_id("SC")
            content += f"<caseNumber>{subject}</caseNumber>"
        body = answer(NAMESPACE, f"{name}Response", content)
        again = Reply(body=body, content_type=XML, outcome=Outcome.REPEATED)
        self._answers[place] = (values, again)
        return Reply(body=body, content_type=XML, outcome=Outcome.APPLIED, subject=subject)


def salessupport(world: World) -> System:
    """Sales Support. An order is published once a status, and may have many cases."""
    cases = Cases(world)
    return System(
        name="salessupport",
        median_ms=100,
        p99_ms=800,
        shares={"error": 0.005},
        verdicts=frozenset(),
        read=cases.read,
        malformed=fault,
    )
