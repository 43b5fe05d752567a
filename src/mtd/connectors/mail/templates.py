"""Letters from templates: files per store, kind and language, in a sandbox."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
import msgspec
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mtd.connectors.mail.settings import DEFAULT
from mtd.core.money import Currency

SUBJECT = "Subject:"
"""The first line of every `.txt` template begins so; the letter follows after a blank line."""
_SIGNS = {Currency.CLP: "$", Currency.COP: "$", Currency.PEN: "S/ ", Currency.USD: "US$"}

_FAULTS = (jinja2.TemplateError, ArithmeticError, LookupError, TypeError, ValueError)
"""What a template may be stopped by: its own mistakes, and the sandbox."""


class Text(msgspec.Struct, frozen=True):
    """A letter as it will be read."""

    subject: str
    plain: str
    html: str | None


class NoTemplate(Exception):
    """There is no usable template: the message names store, kind and language, or the fault."""


def written(folder: Path, store: str, kind: str, language: str, context: Mapping[str, Any]) -> Text:
    """The letter of `kind`, in the store's own template or else the default one.

    Raises NoTemplate. A value that the template needs and `context` lacks is a fault of it.
    """
    environment = _environment(folder, store)
    try:
        words = {**context, "money": _money, "day": _day}
        plain = environment.get_template(f"{kind}.{language}.txt").render(words)
        html = _html(environment, f"{kind}.{language}.html", words)
    except jinja2.TemplateNotFound as error:
        raise NoTemplate(f"no template {error.name} for {store} in {folder}") from error
    except _FAULTS as error:
        raise NoTemplate(f"{kind}.{language} for {store}: {error}") from error
    first, _, letter = plain.partition("\n")
    if not first.startswith(SUBJECT):
        raise NoTemplate(f"{kind}.{language}.txt for {store}: does not begin with {SUBJECT!r}")
    return Text(" ".join(first.removeprefix(SUBJECT).split()), letter.lstrip("\n"), html)


def _html(environment: jinja2.Environment, name: str, context: Mapping[str, Any]) -> str | None:
    """None when the letter has a plain text only."""
    try:
        template = environment.get_template(name)
    except jinja2.TemplateNotFound:
        return None
    return template.render(context)


@cache
def _environment(folder: Path, store: str) -> jinja2.Environment:
    """The store's templates before the default ones; each is compiled once in a process."""
    return ImmutableSandboxedEnvironment(
        loader=jinja2.FileSystemLoader([folder / store, folder / DEFAULT]),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _money(amount: Decimal, currency: Currency, language: str) -> str:
    """`$12.990` in Spanish, `$12,990` in English."""
    text = f"{amount:,.{currency.decimals}f}"
    if language != "en":
        text = text.translate(str.maketrans(",.", ".,"))
    return f"{_SIGNS[currency]}{text}"


def _day(moment: datetime, zone: str) -> str:
    """The day where the customer is, as `31-12-2026`."""
    return f"{moment.astimezone(ZoneInfo(zone)):%d-%m-%Y}"
