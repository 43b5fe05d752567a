"""Rendering: a template becomes a page, in the reader's language, with what every page shows."""

import json
import time
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, unquote, urlencode

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Request, Response
from litestar.datastructures import State

from mtd.faces.portal.assets import Assets
from mtd.faces.portal.formats import Formats
from mtd.faces.portal.interpreting import Interpreter
from mtd.faces.portal.live import Pulse
from mtd.faces.portal.navigation import PLACES
from mtd.faces.portal.pacing import Paces
from mtd.faces.portal.sentences import state_name
from mtd.faces.portal.words import Words, language_of, read_words
from mtd.runtime.desk.counting import COUNTED_MAX
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.people.person import Person

TEMPLATES = Path(__file__).with_name("templates")
LIVE = "/live"
"""The stream of what every page shows live."""
SAID = "mtd_said"
"""The cookie that carries what is to be said once, after a redirect."""
SAID_MAX_S = 60
SAID_MAX = 1_000
"""Characters."""
ADDRESS = "!#$%&'()*+,/:;=?@[]~"
"""What an address has that is not quoted (RFC 3986 §2.2), and what is quoted already."""
Asked = Request[Any, Any, State]

KINDS = {
    **dict.fromkeys(("CLOSED", "DELIVERED", "RETURNED"), "done"),
    **dict.fromkeys(("EXCEPTION", "REJECTED", "DELIVERY_FAILED"), "bad"),
    **dict.fromkeys(("WAITING", "ON_HOLD", "CANCELLATION_REQUESTED"), "wait"),
    "CANCELLED": "off",
}
"""Shape and colour of a state; every other one is in process."""


class Said(msgspec.Struct, frozen=True):
    """What a page says once: a key of the catalogue, and what fills it in."""

    key: str
    values: dict[str, str | int] = {}
    kind: str = "done"
    """done, warn or bad."""


class Painter:
    """Renders the portal's pages."""

    def __init__(self, desk: Desk, pulse: Pulse, assets: Assets) -> None:
        self._desk = desk
        self._pulse = pulse
        self._assets = assets
        self._zone = desk.zone
        self._stage = desk.app.settings.portal.stage
        oidc = desk.app.settings.portal.oidc
        self._vouched_by = oidc.label if oidc else ""
        self._words = read_words()
        self.interpreter = Interpreter(self._words["en"])
        self.paces = Paces()
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.filters["json"] = _json

    def words(self, request: Asked) -> Words:
        """The reader's catalogue."""
        chosen = request.cookies.get("mtd_language")
        return self._words[language_of(chosen, request.headers.get("accept-language"))]

    def formats(self, request: Asked) -> Formats:
        """The reader's formats."""
        return Formats(self.words(request).language, self._zone, self._desk.app.clock.now())

    async def page(
        self, request: Asked, template: str, *, status: int = 200, **more: Any
    ) -> Response[str]:
        """A page, with the counters beside the names of the others."""
        person: Person | None = request.scope["state"].get("person")
        counts: dict[str, int] = {}
        if person is not None:
            counts = msgspec.structs.asdict(await self._pulse.counts(person))
        return self.bare(request, template, status=status, counts=counts, **more)

    def bare(
        self, request: Asked, template: str, *, status: int = 200, **more: Any
    ) -> Response[str]:
        """A page that asks the database nothing."""
        began_s = time.perf_counter()
        said = self._told(request)
        body = self.part(request, template, **{"said": said, "counts": {}, "live": LIVE, **more})
        now_s = time.perf_counter()
        whole_ms = (now_s - request.scope["state"].get("began_s", began_s)) * 1000
        self.paces.note(section(request), whole_ms)
        timing = f"render;dur={(now_s - began_s) * 1000:.1f}, total;dur={whole_ms:.1f}"
        answer = Response(
            body,
            status_code=status,
            media_type=MediaType.HTML,
            headers={"Server-Timing": timing},
        )
        if said is not None:
            answer.delete_cookie(SAID)
        return answer

    def part(self, request: Asked, template: str, **more: Any) -> str:
        """The text of a template."""
        words = self.words(request)
        state = request.scope["state"]
        person: Person | None = state.get("person")
        places = [place for place in PLACES if person and person.may(place.needs)]
        began_s = state.get("began_s", time.perf_counter())
        return self._templates.get_template(template).render(
            t=words,
            f=self.formats(request),
            person=person,
            csrf=state.get("csrf", ""),
            assets=self._assets,
            stage=self._stage,
            vouched_by=self._vouched_by,
            language=words.language,
            theme=_chosen(request, "mtd_theme", ("light", "dark")),
            density=_chosen(request, "mtd_density", ("comfortable",)),
            places=places,
            section=section(request),
            here=here(request),
            link=link,
            memoized=cache,
            state_kind=state_kind,
            unpacked=unpacked,
            interpreter=self.interpreter,
            state_name=partial(state_name, language=words.language),
            store_name=self._store_name,
            stores=self._stores(person),
            counted_max=COUNTED_MAX - 1,
            elapsed_ms=lambda: (time.perf_counter() - began_s) * 1000,
            **more,
        )

    def _told(self, request: Asked) -> tuple[str, str] | None:
        """What is to be said once: its kind and words; None: nothing that we would say."""
        said = _said(request)
        try:
            return said and (said.kind, self.words(request)(said.key, **said.values))
        except (KeyError, IndexError):
            return None

    def _store_name(self, store: str) -> str:
        known = self._desk.app.settings.stores
        return known[store].name if store in known else store

    def _stores(self, person: Person | None) -> dict[str, str]:
        """The stores that somebody sees, by code."""
        known = self._desk.app.settings.stores
        return {code: one.name for code, one in known.items() if person and person.sees(code)}


def state_kind(state: str) -> str:
    """Shape and colour of an order's state."""
    return KINDS.get(state, "run")


def unpacked(content: msgspec.Raw) -> list[Any]:
    """The exchanges that the evidence of an attempt holds."""
    found: Any = msgspec.json.decode(content)
    exchanges = cast("list[Any]", found) if isinstance(found, list) else [found]
    return [one for one in exchanges if one is not None]


def section(request: Asked) -> str:
    """The part of the portal that the request is for: `/orders`."""
    return "/" + request.scope["path"].split("/")[1]


def here(request: Asked) -> str:
    """The address of the request: path and query."""
    query = request.scope["query_string"].decode("latin-1")
    return request.scope["path"] + (f"?{query}" if query else "")


def link(path: str, query: Mapping[str, Any] | None = None, **changed: Any) -> str:
    """`path` with the query, some of it changed; None and empty values are left out."""
    merged = {**(query or {}), **changed}
    pairs = [(k, v) for k, v in merged.items() if v not in (None, "", ())]
    return quote(path, safe="/:@") + (f"?{urlencode(pairs, doseq=True)}" if pairs else "")


def go(path: str, said: Said | None = None) -> Response[None]:
    """See other: the page at `path`, which says something once."""
    # Text of people may be in it: nothing but an address goes into the header.
    place = quote(path, safe=ADDRESS)
    answer = Response(None, status_code=303, headers={"Location": place})
    if said is not None:
        value = quote(msgspec.json.encode(said).decode())
        answer.set_cookie(SAID, value, max_age=SAID_MAX_S, httponly=True, samesite="lax")
    return answer


def _said(request: Asked) -> Said | None:
    from_cookie = request.cookies.get(SAID)
    if not from_cookie or len(from_cookie) > SAID_MAX:
        return None
    try:
        return msgspec.json.decode(unquote(from_cookie), type=Said)
    except msgspec.DecodeError:
        return None


def _chosen(request: Asked, cookie: str, known: tuple[str, ...]) -> str:
    chosen = request.cookies.get(cookie, "")
    return chosen if chosen in known else ""


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)
