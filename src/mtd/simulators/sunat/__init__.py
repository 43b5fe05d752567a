"""The SUNAT, or an OSE in its place: SOAP services that take documents and tell what they hold.

A document is known by its file's name, `RUC-type-series-number`, which is the ledger's order: one
that is registered twice is a duplicate, whatever happened to the first answer.
"""

from functools import partial
from typing import Any

from msgspec.structs import replace

from mtd.simulators.ledger import Outcome
from mtd.simulators.sunat.answering import CODES, cdr_zip, fault, status, taken
from mtd.simulators.sunat.checking import Storage, check, filed_of
from mtd.simulators.sunat.filed import Filed, Refusal
from mtd.simulators.sunat.reading import Request, read_request, unzipped
from mtd.simulators.system import Asked, Incoming, Malformed, Reply, System
from mtd.simulators.world import World

BILLS = "/ol-ti-itcpfegem/billService"
CONSULTS = "/ol-it-wsconscpegem/billConsultService"
PATHS = {"sendBill": BILLS, "getStatusCdr": CONSULTS, "getStatus": CONSULTS}

OBSERVED = "4252"
"""What an `observed` document is told."""
REJECTED = "3205"
"""What a `rejected` one is told: it is registered, as rejected, and its number is spent."""
UNAVAILABLE, BUSY, NO_LOGIN = "0100", "0140", "0102"


class Authority:
    """Takes documents, verifies them, and answers for them afterwards."""

    def __init__(self, world: World) -> None:
        self._user = world.option("user", str, "")
        """RUC and SOL user in one, as the header has it; empty lets everybody in."""
        self._password = world.option("password", str, "")
        self._storage = Storage(
            certificates=frozenset(world.option("certificates", list[str], [])),
            days_max=world.option("days_max", int, 7),
        )

    def read(self, incoming: Incoming) -> Asked:
        """The operation that is asked for; raises Malformed."""
        if incoming.method != "POST" or incoming.path not in PATHS.values():
            raise Malformed(404, f"nothing at {incoming.path}")
        request = read_request(incoming.body)
        if PATHS.get(request.operation) != incoming.path:
            raise Malformed(400, f"no operation {request.operation} at {incoming.path}")
        if request.operation == "sendBill":
            name = request.values.get("fileName", "").removesuffix(".zip")
            act = partial(self._send, request, name)
            return Asked(operation="sendBill", order=name, payload=incoming.body, act=act)
        name = _name_asked(request)
        act = partial(self._tell, request, name)
        return Asked(operation=request.operation, order=name, payload=incoming.body, act=act)

    def state(self) -> dict[str, Any]:
        """Documents by what became of them, and the total of those that stand."""
        held = self._storage.held.values()
        standing = [filed for filed in held if filed.accepted]
        return {
            "documents": {"accepted": len(standing), "rejected": len(held) - len(standing)},
            "total": str(sum(filed.total for filed in standing)),
        }

    def _send(self, request: Request, name: str, verdict: str | None) -> Reply:
        refused = self._stranger(request, verdict)
        if refused is not None:
            return fault(refused)
        try:
            content = unzipped(request.values.get("contentFile", ""), name)
            filed = filed_of(content, name)
            self._new(filed, request.user)
            reasons = check(filed, self._storage)
        except Refusal as refusal:
            return fault(refusal.code, refusal.detail)
        if verdict == "rejected":
            reasons = (REJECTED,)
        notes = (OBSERVED,) if verdict == "observed" and not reasons else ()
        kept = self._storage.keep(filed, reasons, notes)
        if verdict == "unavailable_after":
            # It was stored, and its subject stands: whoever sends it again is told so.
            return fault(UNAVAILABLE, outcome=Outcome.APPLIED)
        if verdict == "crossed":
            return taken(
                cdr_zip(replace(kept, identifier=f"{filed.series}-{int(filed.number) + 1}"))
            )
        return taken(cdr_zip(kept))

    def _stranger(self, request: Request, verdict: str | None) -> str | None:
        """Why this caller is not heard at all; nothing of its document is looked at."""
        if verdict in ("unavailable", "busy", "no_login"):
            return {"unavailable": UNAVAILABLE, "busy": BUSY, "no_login": NO_LOGIN}[verdict]
        if not request.user:
            return "0101"
        known = not self._user or (request.user, request.password) == (self._user, self._password)
        return None if known else NO_LOGIN

    def _new(self, filed: Filed, user: str) -> None:
        """Raises Refusal unless the number is one that was never told, of the caller's own RUC."""
        if not user.startswith(filed.ruc):
            raise Refusal("0154")
        before = self._storage.held.get(filed.name)
        if before is not None:
            raise Refusal("1033" if before.accepted else "1032", filed.name)

    def _tell(self, request: Request, name: str, verdict: str | None) -> Reply:
        refused = self._stranger(request, verdict)
        if refused is not None:
            return fault(refused)
        kept = self._storage.held.get(name)
        if kept is None:
            return status(request.operation, "0011")
        if request.operation == "getStatusCdr":
            return status(request.operation, "0004", cdr_zip(kept))
        return status(request.operation, "0001" if kept.accepted else "0002")


def _name_asked(request: Request) -> str:
    """`RUC-type-series-number` of a question."""
    names = ("rucComprobante", "tipoComprobante", "serieComprobante", "numeroComprobante")
    return "-".join(request.values.get(name, "") for name in names)


def _malformed(malformed: Malformed) -> Reply:
    return fault("0305", malformed.message, http=malformed.status, outcome=Outcome.MALFORMED)


def sunat(world: World) -> System:
    """The authority."""
    authority = Authority(world)
    return System(
        name="sunat",
        median_ms=350,
        p99_ms=4_000,
        shares={"error": 0.01, "unavailable": 0.01, "timeout_after": 0.002, "observed": 0.02},
        verdicts=frozenset(
            {
                "observed",
                "rejected",
                "unavailable",
                "unavailable_after",
                "busy",
                "no_login",
                "crossed",
            }
        ),
        read=authority.read,
        malformed=_malformed,
        state=authority.state,
    )


__all__ = ["BILLS", "CODES", "CONSULTS", "sunat"]
