"""A lean SMTP server (RFC 5321): enough for a client that pipelines and keeps connections."""

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable
from typing import cast

LINE_MAX_BYTES = 4_096
MESSAGE_MAX_BYTES = 10_000_000
RECIPIENTS_MAX = 100

Answer = bytes | None
"""A reply line without its line break; None cuts the connection."""
Accept = Callable[[str, list[str], bytes], Awaitable[Answer]]
"""Takes sender, recipients and content."""


class SmtpConnection(asyncio.Protocol):
    """One client; commands are answered in order, a message as soon as `accept` has decided."""

    def __init__(self, accept: Accept, credentials: str | None, greeting: bytes | None) -> None:
        self._accept = accept
        self._credentials = credentials
        self._greeting = greeting
        self._buffer = bytearray()
        self._content: bytearray | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._sender: str | None = None
        self._recipients: list[str] = []
        self._known = credentials is None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet, unless the system hangs."""
        self.transport = cast("asyncio.Transport", transport)
        if self._greeting is not None:
            self._say(self._greeting)
            if not self._greeting.startswith(b"220"):
                self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """A message under way has been decided upon already; only its reply is lost."""
        self.transport = None
        if self._accepting is not None:
            self._accepting.cancel()

    def data_received(self, data: bytes) -> None:
        """Commands, or the content after DATA."""
        self._buffer += data
        if len(self._buffer) > MESSAGE_MAX_BYTES:
            self._refuse(b"552 5.3.4 too much")
            return
        self._go_on()

    def _go_on(self) -> None:
        while self._accepting is None and self.transport is not None:
            if self._content is not None:
                if not self._take_content():
                    return
                continue
            end = self._buffer.find(b"\r\n")
            if end < 0:
                if len(self._buffer) > LINE_MAX_BYTES:
                    self._refuse(b"500 5.5.6 line too long")
                return
            line = bytes(self._buffer[:end])
            del self._buffer[: end + 2]
            self._command(line)

    def _command(self, line: bytes) -> None:
        verb, _, rest = line.partition(b" ")
        match verb.upper():
            case b"EHLO" | b"HELO":
                self._greet(verb.upper())
            case b"AUTH":
                self._authenticate(rest)
            case b"MAIL":
                self._from(rest)
            case b"RCPT":
                self._to(rest)
            case b"DATA":
                self._begin()
            case b"RSET":
                self._forget()
                self._say(b"250 2.0.0 OK")
            case b"NOOP":
                self._say(b"250 2.0.0 OK")
            case b"QUIT":
                self._refuse(b"221 2.0.0 bye")
            case _:
                self._say(b"500 5.5.2 unknown command")

    def _greet(self, verb: bytes) -> None:
        if verb == b"HELO":
            self._say(b"250 simulated")
            return
        lines = [b"simulated", b"PIPELINING", b"8BITMIME", b"SIZE %d" % MESSAGE_MAX_BYTES]
        if self._credentials is not None:
            lines.append(b"AUTH PLAIN")
        self._say(b"\r\n".join(b"250-" + line for line in lines[:-1]) + b"\r\n250 " + lines[-1])

    def _authenticate(self, rest: bytes) -> None:
        mechanism, _, response = rest.partition(b" ")
        try:
            given = base64.b64decode(response, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            given = ""
        if mechanism.upper() == b"PLAIN" and given.lstrip("\0") == self._credentials:
            self._known = True
            self._say(b"235 2.7.0 OK")
        else:
            self._say(b"535 5.7.8 wrong credentials")

    def _from(self, rest: bytes) -> None:
        sender = _address(rest, b"FROM:")
        if not self._known:
            self._say(b"530 5.7.0 authenticate first")
        elif sender is None or self._sender is not None:
            self._say(b"503 5.5.1 not now")
        else:
            self._sender = sender
            self._say(b"250 2.1.0 OK")

    def _to(self, rest: bytes) -> None:
        recipient = _address(rest, b"TO:")
        if self._sender is None:
            self._say(b"503 5.5.1 MAIL first")
        elif not recipient or "@" not in recipient or len(self._recipients) >= RECIPIENTS_MAX:
            self._say(b"553 5.1.3 no such address")
        else:
            self._recipients.append(recipient)
            self._say(b"250 2.1.5 OK")

    def _begin(self) -> None:
        if not self._recipients:
            self._say(b"503 5.5.1 RCPT first")
            return
        self._content = bytearray()
        self._say(b"354 go on")

    def _take_content(self) -> bool:
        """Whether the whole message is here; it ends with a dot alone on its line."""
        assert self._content is not None
        if self._buffer.startswith(b".\r\n"):
            end, rest = 0, 3
        else:
            end = self._buffer.find(b"\r\n.\r\n")
            rest = end + 5
            if end < 0:
                return False
        content = bytes(self._buffer[: end + 2] if end else b"")
        del self._buffer[:rest]
        self._content = None
        if content.startswith(b".."):
            content = content[1:]
        self._start(content.replace(b"\r\n..", b"\r\n."))
        return True

    def _start(self, content: bytes) -> None:
        assert self._sender is not None
        sender, recipients = self._sender, self._recipients
        self._forget()
        accepting = self._decide(sender, recipients, content)
        self._accepting = asyncio.get_running_loop().create_task(accepting)

    async def _decide(self, sender: str, recipients: list[str], content: bytes) -> None:
        answer = await self._accept(sender, recipients, content)
        self._accepting = None
        if self.transport is None:
            return
        if answer is None:
            self.transport.abort()
            return
        self._say(answer)
        self._go_on()

    def _forget(self) -> None:
        self._sender = None
        self._recipients = []

    def _say(self, line: bytes) -> None:
        if self.transport is not None:
            self.transport.write(line + b"\r\n")

    def _refuse(self, line: bytes) -> None:
        self._say(line)
        if self.transport is not None:
            self.transport.close()
            self.transport = None


def _address(rest: bytes, keyword: bytes) -> str | None:
    """The address of `FROM:<a@b> SIZE=1`; None when it is not written like that."""
    if not rest.upper().startswith(keyword):
        return None
    path = rest[len(keyword) :].strip()
    end = path.find(b">")
    if not path.startswith(b"<") or end < 0:
        return None
    return path[1:end].decode("utf-8", "replace")
