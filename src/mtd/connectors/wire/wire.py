"""The wire: what one attempt talks through, which keeps the evidence of every exchange."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from time import perf_counter
from urllib.parse import urlencode

import aiohttp
import msgspec

from mtd.connectors.wire.exchange import Artifact, Exchange, Got, Sent
from mtd.connectors.wire.legacy import Legacy
from mtd.connectors.wire.mailroom import Mailroom
from mtd.connectors.wire.masking import masked, masked_headers
from mtd.connectors.wire.postbox import Receipt
from mtd.core.process.outcome import Failed, Unknown

ANSWER_MAX_BYTES = 10_000_000
CHUNK_BYTES = 65_536
RETRY_AFTER_MAX_S = 86_400.0
_KEPT_HEADERS = frozenset({"content-type", "content-length", "retry-after", "location"})
_TEXTS = ("text/", "application/json", "application/xml", "application/soap+xml")


class Response(msgspec.Struct, frozen=True):
    """An answer that arrived whole, of any status but a 5xx, a redirect or a 429."""

    status: int
    media_type: str
    body: bytes
    retry_after_s: float | None = None


class Wire:
    """One attempt's line to one legacy system."""

    def __init__(self, legacy: Legacy | None) -> None:
        self._legacy = legacy
        self._hidden: tuple[str, ...] = ()
        self.exchanges: list[Exchange] = []
        """Evidence, masked already; in the order in which the exchanges were made."""
        self.kept: list[Artifact] = []
        """Documents that came back, in clear: to be stored encrypted or not at all."""
        self.sound = True
        """Whether the legacy answered like one that works: what the breaker goes by."""
        self.mailroom: Mailroom | None = None
        """What letters enclose; None: nothing can be enclosed here."""

    @property
    def legacy(self) -> Legacy:
        """The system at the other end; RuntimeError on the wire of local connectors."""
        if self._legacy is None:
            raise RuntimeError("a local connector has no legacy system")
        return self._legacy

    def hide(self, values: tuple[str, ...]) -> None:
        """Mask `values` wherever they turn up in the evidence from now on."""
        self._hidden = values

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        safe: bool = False,
        origin: str | None = None,
        faults_are_answers: bool = False,
        secret: bool = False,
    ) -> Response | Failed | Unknown:
        """One HTTP exchange; `safe` says that it changes nothing (RFC 9110 §9.2.1).

        `path` follows the base URL, or `origin`, which the caller answers for. With
        `faults_are_answers` a 500 is an answer like others: SOAP tells its faults so (1.1 §6.2). An
        answer that is `secret`, such as a token, leaves no evidence but its size.

        Failed where certainly nothing took effect: refused before any byte was sent, 429 or 503
        with Retry-After (RFC 9110 §15.6.4, RFC 6585 §4), or safe. Unknown where something may
        have: no answer, half of one, a redirect, any other 5xx.
        """
        url = (origin or self.legacy.settings.base_url).rstrip("/") + path
        if query:
            url = f"{url}?{urlencode(query)}"
        began_s = perf_counter()
        got = await self._exchange(method, url, dict(headers or {}), body)
        took_ms = (perf_counter() - began_s) * 1000
        evident = _silent(got) if secret and isinstance(got, Response) else got
        self._record(method, url, headers or {}, body, evident, took_ms)
        if faults_are_answers and isinstance(got, Response) and got.status == 500:
            return got
        return self._classified(got, safe)

    async def post_letter(
        self, sender: str, recipients: Sequence[str], content: bytes, *, shown: str
    ) -> Receipt | Failed | Unknown:
        """One SMTP transaction; `shown` is the evidence in place of the encoded `content`.

        Whether it was taken is said of the first recipient; one of the others who is refused
        misses it.
        """
        began_s = perf_counter()
        outcome = await self.legacy.postbox().send(sender, recipients, content)
        took_ms = (perf_counter() - began_s) * 1000
        self.sound = isinstance(outcome, Receipt) or outcome.sound
        text = outcome.reply if isinstance(outcome, Receipt) else outcome.message
        self.exchanges.append(
            Exchange(
                Sent(
                    method="SMTP",
                    url=self.legacy.settings.base_url,
                    body=masked(shown, (*self._hidden, *recipients)),
                ),
                Got(
                    status=outcome.code,
                    error=None if isinstance(outcome, Receipt) else masked(text, self._hidden),
                    body=masked(text, self._hidden) if isinstance(outcome, Receipt) else "",
                    took_ms=took_ms,
                ),
            )
        )
        return outcome if isinstance(outcome, Receipt) else outcome.answer()

    async def _exchange(
        self, method: str, url: str, headers: dict[str, str], body: bytes
    ) -> Response | Failed | Unknown:
        session = self.legacy.session()
        try:
            async with session.request(
                method, url, data=body or None, headers=headers, allow_redirects=False
            ) as answer:
                content = await _bounded(answer.content)
                if content is None:
                    return Unknown(f"an answer of more than {ANSWER_MAX_BYTES:,} bytes")
                return Response(
                    answer.status,
                    answer.content_type,
                    content,
                    _retry_after_s(answer.headers.get("Retry-After"), self.legacy.now),
                )
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return Failed(f"no connection: {_words(error)}")
        except TimeoutError:
            return Unknown(f"no answer within {self.legacy.settings.timeout_s} s")
        except (aiohttp.ClientError, OSError) as error:
            return Unknown(f"no whole answer: {_words(error)}")

    def _classified(
        self, got: Response | Failed | Unknown, safe: bool
    ) -> Response | Failed | Unknown:
        if isinstance(got, Response):
            if got.status == 429 or (got.status == 503 and got.retry_after_s is not None):
                return Failed(f"{got.status}: not now", got.retry_after_s)
            if 200 <= got.status < 300 or 400 <= got.status < 500:
                return got
            got = _bad_status(got)
        self.sound = False
        return Failed(got.message) if safe and isinstance(got, Unknown) else got

    def _record(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        got: Response | Failed | Unknown,
        took_ms: float,
    ) -> None:
        hidden = self._hidden
        sent_headers = dict(headers)
        if self.legacy.settings.token is not None:
            sent_headers["Authorization"] = ""
        sent = Sent(
            method=method,
            url=masked(url, hidden),
            headers=masked_headers(sent_headers.items(), hidden),
            body=masked(body.decode("utf-8", "replace"), hidden),
        )
        if isinstance(got, Response):
            received = Got(
                status=got.status,
                headers={"Content-Type": got.media_type},
                body=masked(_shown(got), hidden),
                took_ms=took_ms,
            )
        else:
            received = Got(error=masked(got.message, hidden), took_ms=took_ms)
        self.exchanges.append(Exchange(sent, received))


def _bad_status(got: Response) -> Unknown:
    if 300 <= got.status < 400:
        return Unknown(f"{got.status}: redirected, which is not followed")
    return Unknown(f"{got.status}: the legacy failed")


def _silent(got: Response) -> Response:
    """The same without what it says."""
    return Response(got.status, got.media_type, f"<secret, {len(got.body)} bytes>".encode())


def _shown(got: Response) -> str:
    if got.media_type.startswith(_TEXTS) or not got.media_type:
        return got.body.decode("utf-8", "replace")
    return f"<{got.media_type}, {len(got.body)} bytes>"


async def _bounded(content: aiohttp.StreamReader) -> bytes | None:
    """The whole body; None when it is larger than ANSWER_MAX_BYTES."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in content.iter_chunked(CHUNK_BYTES):
        size += len(chunk)
        if size > ANSWER_MAX_BYTES:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _retry_after_s(value: str | None, now: Callable[[], datetime]) -> float | None:
    """Seconds of a Retry-After header (RFC 9110 §10.2.3), at most a day."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return min(float(value), RETRY_AFTER_MAX_S)
    try:
        seconds = (parsedate_to_datetime(value) - now()).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(seconds, 0.0), RETRY_AFTER_MAX_S)


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
