"""The mail provider: takes letters by SMTP, each Message-ID once, and tells of bounces."""

import asyncio
from collections import deque
from collections.abc import Mapping
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from typing import Any

import msgspec

from mtd.simulators.announcer import Event
from mtd.simulators.clock import now_s
from mtd.simulators.faults import BEFORE_EFFECT, Down, Fault
from mtd.simulators.ledger import Outcome
from mtd.simulators.listener import HANG_S
from mtd.simulators.port import Port
from mtd.simulators.rest import say_malformed
from mtd.simulators.smtp import Answer, SmtpConnection
from mtd.simulators.station import Station
from mtd.simulators.system import Asked, Incoming, Malformed, System
from mtd.simulators.world import World

BOUNCED_AFTER_S = 60.0
RECENT_MAX = 100
NEVER_DELIVERED = ".invalid"
"""Recipients below this domain always bounce (RFC 2606 §2)."""
_HEADERS = BytesHeaderParser()


class Letter(msgspec.Struct, frozen=True):
    """What the ledger and people want to know of a letter."""

    mail_id: str
    order: str
    correlation: str
    """What a bounce is to be told by: `X-Correlation-Key`, else the mail's own id."""
    kind: str
    to: str
    """`X-Mail-To`: the role that it is for, told again with a bounce."""
    reference: str
    """`X-Reference`: tells two wanted letters of one kind apart."""
    recipient: str
    copies: tuple[str, ...]
    """The envelope's other recipients."""
    subject: str
    size: int


class PostOffice:
    """The letters taken."""

    def __init__(self, world: World) -> None:
        self._announcer = world.announcer
        self._bounced_after_s = world.delay_s("bounced", BOUNCED_AFTER_S)
        self._rate_per_s = world.option("rate_per_s", float, 0.0)
        self.credentials = world.option("credentials", str, "")
        """`login\\0password`, or empty: everybody may send."""
        self._taken: set[str] = set()
        self._second = 0
        self._in_second = 0
        self.recent: deque[Letter] = deque(maxlen=RECENT_MAX)
        self._contents: deque[tuple[str, bytes]] = deque(maxlen=RECENT_MAX)

    def throttled(self) -> bool:
        """Whether this second has had its letters."""
        if self._rate_per_s <= 0:
            return False
        second = int(now_s())
        self._in_second = self._in_second + 1 if second == self._second else 1
        self._second = second
        return self._in_second > self._rate_per_s

    def take(self, letter: Letter, content: bytes, bounces: bool) -> Outcome:
        """Take it, unless its Message-ID was taken before."""
        if letter.mail_id in self._taken:
            return Outcome.REPEATED
        self._taken.add(letter.mail_id)
        self.recent.append(letter)
        self._contents.append((letter.mail_id, content))
        if bounces or letter.recipient.endswith(NEVER_DELIVERED):
            payload = {
                "mail_id": letter.mail_id,
                "order_id": letter.order,
                "kind": letter.kind,
                "to": letter.to,
                "reason": "550 5.1.1 no such mailbox",
            }
            event = Event(
                name="MailBounced",
                key=letter.correlation,
                payload=payload,
                after_s=self._bounced_after_s,
            )
            self._announcer.tell(letter.mail_id, [event])
        return Outcome.APPLIED

    def shown(self, query: Mapping[str, str]) -> dict[str, str]:
        """A recent letter, whole, by its `id`. Raises ValueError of one that is none."""
        content = dict(self._contents).get(query.get("id", ""))
        if content is None:
            raise ValueError("there is no such letter of late")
        return {"content": content.decode("ascii", "replace")}

    def state(self) -> dict[str, Any]:
        """How many, and the last of them."""
        return {"letters": len(self._taken), "recent": list(self.recent)}


class MailListener:
    """The SMTP door of the mail provider."""

    def __init__(self, station: Station, office: PostOffice) -> None:
        self._station = station
        self._office = office
        self._connections: list[SmtpConnection] = []
        self.port = Port(self._connection, self._cut_all)

    async def close(self) -> None:
        """Stop listening and let go of every connection."""
        await self.port.close()

    def _connection(self) -> SmtpConnection:
        self._connections = [one for one in self._connections if one.transport is not None]
        down = self._station.faults.down()
        greeting = _GREETINGS[down]
        made = SmtpConnection(self._accept, self._office.credentials or None, greeting)
        self._connections.append(made)
        return made

    def _cut_all(self) -> None:
        for connection in self._connections:
            if connection.transport is not None:
                connection.transport.abort()

    async def _accept(self, _sender: str, recipients: list[str], content: bytes) -> Answer:
        station = self._station
        letter = _letter(recipients, content)
        if not letter.mail_id:
            return b"550 5.6.0 no Message-ID"
        operation = "send"
        fault = station.faults.draw(operation, letter.order)
        if self._office.throttled():
            fault = Fault.THROTTLE
        if fault in BEFORE_EFFECT:
            outcome = Outcome.FAILED
        elif fault == "refused":
            outcome = Outcome.REFUSED
        else:
            outcome = self._office.take(letter, content, bounces=fault == "bounce")
        answer = _ANSWERS.get(fault, b"250 2.0.0 taken")
        status = 0 if answer is None else int(answer[:3])
        station.ledger.record(
            operation,
            letter.order,
            letter.mail_id,
            content,
            outcome,
            status=status,
            fault=fault,
            subject=f"{letter.kind} {letter.reference}".strip(),
        )
        await station.pause(operation)
        if fault == Fault.SLOW:
            await asyncio.sleep(station.pace.slow_s)
        if fault == Fault.TIMEOUT_AFTER:
            await asyncio.sleep(HANG_S)
        return answer


_GREETINGS: dict[Down | None, bytes | None] = {
    None: b"220 simulated",
    Down.REFUSE: b"421 4.3.2 down",
    Down.ERROR: b"421 4.3.2 down",
    Down.HANG: None,
}
_ANSWERS: dict[str | None, Answer] = {
    Fault.ERROR: b"451 4.3.0 try later",
    Fault.THROTTLE: b"450 4.7.1 too many letters, try later",
    Fault.RESET: None,
    Fault.ERROR_AFTER: b"451 4.3.0 try later",
    Fault.LOST_REPLY: None,
    Fault.TIMEOUT_AFTER: None,
    Fault.HALF_BODY: None,
    Fault.GARBAGE: b"999 <html>",
    "refused": b"550 5.1.1 <somebody@correo.example> no such mailbox",
}


def mail(world: World) -> tuple[System, PostOffice]:
    """The mail provider; over HTTP it has nothing but its `/__control` in the town's hall."""
    office = PostOffice(world)
    system = System(
        name="mail",
        median_ms=50,
        p99_ms=300,
        shares={"bounce": 0.005},
        verdicts=frozenset({"bounce", "refused"}),
        read=_no_http,
        malformed=say_malformed,
        state=office.state,
        pages={"letter": office.shown},
    )
    return system, office


def _no_http(incoming: Incoming) -> Asked:
    raise Malformed(404, f"nothing at {incoming.path}")


def _letter(recipients: list[str], content: bytes) -> Letter:
    headers = _HEADERS.parsebytes(content)
    mail_id = str(headers.get("Message-ID", "")).strip().strip("<>")
    return Letter(
        mail_id=mail_id,
        correlation=str(headers.get("X-Correlation-Key", mail_id)),
        reference=str(headers.get("X-Reference", "")),
        order=str(headers.get("X-Order", "")),
        kind=str(headers.get("X-Mail-Kind", "letter")),
        to=str(headers.get("X-Mail-To", "")),
        recipient=recipients[0],
        copies=tuple(recipients[1:]),
        subject=str(make_header(decode_header(str(headers.get("Subject", ""))))),
        size=len(content),
    )
