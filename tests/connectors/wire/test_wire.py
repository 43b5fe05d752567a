"""The wire against servers that misbehave: classified truly, bounded, and recorded."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import msgspec
import pytest

from mtd.connectors import OPTIONS
from mtd.connectors.settings import BadLegacySettings, LegacySettings
from mtd.connectors.wire import Response, Wire, Wires
from mtd.connectors.wire import wire as wire_module
from mtd.connectors.wire.rest import post
from mtd.connectors.wire.soap import parse
from mtd.core.process.outcome import Failed, Refused, Unknown

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Thing(msgspec.Struct):
    id: int


def says(*chunks: bytes, pause_s: float = 0.0) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for chunk in chunks:
            writer.write(chunk)
            await writer.drain()
            await asyncio.sleep(pause_s)
        writer.close()

    return serve


def http(status: str, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@asynccontextmanager
async def wired(serve: Serve, timeout_s: float = 0.3) -> AsyncGenerator[Wire]:
    serving: list[asyncio.Task[None]] = []

    async def tracked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.append(task)
        try:
            await serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(tracked, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = LegacySettings(base_url=f"http://127.0.0.1:{port}/api/", timeout_s=timeout_s)
    wires = Wires({"eom": settings}, environment={}, now=lambda: NOON)
    try:
        yield wires.wire("eom")
    finally:
        await wires.close()
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving)


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        ([], Unknown),
        ([b"HTTP/1.1 200 OK\r\n"], Unknown),
        ([b"\x00\xff garbage \r\n\r\n"], Unknown),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"], Unknown),
        ([http("500 Oops", b"{}")], Unknown),
        ([http("503 Busy")], Unknown),
        ([http("503 Closed", Retry_After="7")], Failed),
        ([http("302 Found", Location="http://169.254.169.254/")], Unknown),
        ([http("307 Again", Location="/elsewhere")], Unknown),
        ([http("429 Slow down", Retry_After="7")], Failed),
        ([http("200 OK", b'{"id": 1}')], Response),
        ([http("404 Not Found", b"{}")], Response),
    ],
)
@pytest.mark.parametrize("safe", [False, True])
async def test_an_answer_is_taken_for_what_it_is(
    chunks: list[bytes], expected: type, safe: bool
) -> None:
    async with wired(says(*chunks)) as wire:
        answer = await wire.request("POST", "/things", body=b"{}", safe=safe)
        assert isinstance(answer, Failed if safe and expected is Unknown else expected), answer
        assert wire.sound == (expected is not Unknown)
        [exchange] = wire.exchanges
        assert exchange.request.url.endswith("/api/things")


async def test_a_server_that_drips_its_answer_is_not_waited_for() -> None:
    drip = [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", *[b"x"] * 50]
    async with wired(says(*drip, pause_s=0.05)) as wire:
        began = asyncio.get_running_loop().time()
        answer = await wire.request("POST", "/", body=b"{}")
        assert isinstance(answer, Unknown)
        assert asyncio.get_running_loop().time() - began < 0.6


async def test_an_endless_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire_module, "ANSWER_MAX_BYTES", 200_000)
    flood = [b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 65_536] * 20]
    async with wired(says(*flood), timeout_s=5) as wire:
        answer = await wire.request("POST", "/", body=b"{}")
        assert isinstance(answer, Unknown) and "200,000 bytes" in answer.message


async def test_a_compressed_answer_is_not_blown_up() -> None:
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(http("200 OK", b"\x1f\x8b\x08", Content_Encoding="gzip"))
        writer.close()

    async with wired(serve) as wire:
        answer = await wire.request("GET", "/", safe=True)
        assert isinstance(answer, Response) and answer.body == b"\x1f\x8b\x08"
        assert b"accept-encoding" not in asked[0].lower()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("Sat, 14 Mar 2026 12:00:30 GMT", 30.0),
        ("Sat, 14 Mar 2026 11:00:00 GMT", 0.0),
        ("999999999", 86_400.0),
        ("soon", None),
        ("-1", None),
    ],
)
async def test_retry_after_is_read_in_both_forms(header: str, seconds: float | None) -> None:
    async with wired(says(http("429 Slow", Retry_After=header))) as wire:
        answer = await wire.request("POST", "/")
        assert isinstance(answer, Failed) and answer.retry_after_s == seconds


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (http("200 OK", b'{"id": 1}'), Thing(1)),
        (http("200 OK", b'{"id": "x"}'), Unknown),
        (http("200 OK", b"<html>"), Unknown),
        (http("200 OK", b"\xff"), Unknown),
        (http("204 No Content"), Unknown),
        (http("409 Conflict", b'{"code":"NO","message":"m","lines":[1]}'), Refused),
        (http("409 Conflict", b'{"code":"OTHER"}'), Failed),
        (http("409 Conflict", b'{"code":5}'), Failed),
        (http("400 Bad", b"[]"), Failed),
        (http("401 Who", b""), Failed),
    ],
)
async def test_yes_no_and_perhaps_in_json(reply: bytes, expected: object) -> None:
    async with wired(says(reply)) as wire:
        answer = await post(wire, "/", {"a": None}, Thing, key="k", refusals={"NO"})
        if isinstance(expected, type):
            assert isinstance(answer, expected), answer
        else:
            assert answer == expected
        if isinstance(answer, Refused):
            assert answer == Refused("NO", "m", {"lines": [1]})


def test_xml_is_read_without_doctype_entities_or_floods() -> None:
    assert parse(b"<a/>") is not None
    assert parse(b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>') is None
    assert parse(b"<a>" * 100_000) is None
    assert parse(b"") is None


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"base_url": "ftp://x"}, "base_url"),
        ({"base_url": "http://user:pw@x"}, "base_url"),
        ({"base_url": "http://x/?a"}, "base_url"),
        ({"base_url": "http://x y"}, "base_url"),
        ({"base_url": "http://x", "timeout_s": 0}, "timeout_s"),
        ({"base_url": "http://x", "breaker_failures": 21}, "breaker_failures"),
        ({"base_url": "http://x", "token": "in-clear"}, "token"),
        ({"base_url": "http://x", "tokn": "env:X"}, "tokn"),
    ],
)
def test_wrong_settings_name_the_key(changes: dict[str, object], word: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=word):
        msgspec.convert(changes, LegacySettings)


@pytest.mark.parametrize(
    ("name", "options", "word"),
    [
        ("eom", {"x": 1}, "`x`"),
        ("paperless", {}, "`issuers`"),
        (
            "paperless",
            {"issuers": {"paris": {"tax_id": "x", "login": "env:A", "password": "env:B"}}},
            "tax_id",
        ),
        (
            "paperless",
            {"issuers": {"paris": {"tax_id": "1-9", "login": "in clear", "password": "env:B"}}},
            "login",
        ),
        ("mail", {"senders": {"paris": {"address": "x", "name": "x"}}}, "address"),
    ],
)
def test_wrong_options_name_the_key(name: str, options: dict[str, object], word: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(options, OPTIONS[name])
    assert word in str(refused.value)


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"token": "env:NOT_SET"}, "legacy.eom.token: the environment variable NOT_SET"),
        ({"token": "file:/nowhere"}, "legacy.eom.token: /nowhere"),
        ({"options": {"a": {"b": "env:NOT_SET"}}}, "legacy.eom.options.a.b"),
    ],
)
def test_a_missing_secret_is_named_by_its_place(settings: dict[str, object], word: str) -> None:
    legacy = msgspec.convert({"base_url": "http://127.0.0.1:1", **settings}, LegacySettings)
    with pytest.raises(BadLegacySettings) as refused:
        Wires({"eom": legacy}, environment={}, now=lambda: NOON)
    assert word in str(refused.value)
