"""Issuing at a JSON provider: asked first when the key was seen, held to the request's total."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from mtd.connectors.generic.calling import BadRequest, Told, call
from mtd.connectors.generic.settings import Meaning, Options
from mtd.connectors.wire import Wire
from mtd.core.money import rounded, total
from mtd.core.process.outcome import Failed, Unknown
from mtd.core.tax.issuing import (
    Finding,
    FiscalNumber,
    FiscalOutcome,
    Known,
    OutcomeState,
    Submission,
    SubmissionState,
)
from mtd.core.tax.request import Allowance, Direction, FiscalRequest, RequestLine, TaxCategory

TOTAL_DIFFERS = "TOTAL_DIFFERS"
"""The code of a document that the provider issued over another amount than was asked for."""
SETTINGS = "SETTINGS"
"""The code of a request that the settings' expressions could not make."""

_OUTCOMES = {
    Meaning.ACCEPTED: OutcomeState.ACCEPTED,
    Meaning.OBJECTED: OutcomeState.ACCEPTED_WITH_OBJECTIONS,
    Meaning.PENDING: OutcomeState.PENDING,
    Meaning.REJECTED: OutcomeState.REJECTED,
}
_SUBMISSIONS = {
    Meaning.ACCEPTED: SubmissionState.ACCEPTED,
    Meaning.OBJECTED: SubmissionState.ACCEPTED,
    Meaning.PENDING: SubmissionState.PENDING,
    Meaning.REJECTED: SubmissionState.REJECTED,
    Meaning.NOT_SENT: SubmissionState.NOT_SENT,
}


_EXACT = (Decimal, date, datetime)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One document asked for, under the step's idempotency key."""

    key: str
    request: FiscalRequest
    reference: str = ""
    """The provider's name of the document, once it has said one."""
    number: FiscalNumber | None = None
    """Where MTD numbers the documents."""
    sent_before: bool = False
    """An earlier call with this key may have arrived."""


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the document now."""

    submission: Submission
    outcome: FiscalOutcome | None = None
    number: FiscalNumber | None = None
    verification: str = ""
    url: str = ""
    xml_url: str = ""


async def issue(wire: Wire, asked: Asked) -> Issued:
    """The document, once: whoever may have called before asks, unless keys are honoured."""
    options = wire.legacy.options(Options)
    if asked.sent_before and not options.honours_keys:
        found, issued = await find(wire, asked)
        if found.known is Known.CANNOT_TELL:
            return _only(SubmissionState.UNKNOWN, "it cannot be asked whether it was issued")
        if found.known is Known.FOUND and issued is not None:
            return issued
    got = await call(wire, options.issue, _context(options, asked), safe=False)
    if isinstance(got, BadRequest):
        state = SubmissionState.REJECTED
        return Issued(
            submission=Submission(state=state, codes=(SETTINGS,), message=got.message),
            outcome=FiscalOutcome(
                state=OutcomeState.REJECTED, codes=(SETTINGS,), fixable=True, message=got.message
            ),
        )
    if isinstance(got, Failed):
        return _only(SubmissionState.NOT_SENT, got.message)
    if isinstance(got, Unknown):
        return _only(SubmissionState.UNKNOWN, got.message)
    return _issued(options, asked, got)


async def find(wire: Wire, asked: Asked) -> tuple[Finding, Issued | None]:
    """What the provider has of the document, and the document itself when it has one."""
    options = wire.legacy.options(Options)
    if options.find is None:
        return Finding(Known.CANNOT_TELL), None
    got = await call(wire, options.find, _context(options, asked), safe=True)
    if not isinstance(got, Told):
        return Finding(Known.CANNOT_TELL), None
    if got.meaning is Meaning.NOT_FOUND:
        return Finding(Known.NOT_FOUND), None
    issued = _issued(options, asked, got)
    if issued.outcome is None:
        return Finding(Known.CANNOT_TELL), None
    return Finding(Known.FOUND, issued.outcome), issued


def request_total(request: FiscalRequest) -> Decimal | None:
    """What the request comes to for the buyer; None when a price lacks its tax.

    Each line is rounded to the currency before its discounts and charges, and these by themselves.
    """
    if any(
        not line.price_includes_tax and line.category is TaxCategory.STANDARD
        for line in request.lines
    ):
        return None
    lines = [_line_total(line, request) for line in request.lines]
    moved = [
        _signed(
            each, total(part for line, part in lines if line.category is each.category), request
        )
        for each in request.allowances
    ]
    return total([part for _, part in lines]) + total(moved)


def _issued(options: Options, asked: Asked, told: Told) -> Issued:
    number = asked.number or _number(options, told)
    state = _SUBMISSIONS.get(told.meaning, SubmissionState.UNKNOWN)
    message = told.text("message")
    if state in (SubmissionState.ACCEPTED, SubmissionState.PENDING) and number is None:
        return _only(SubmissionState.UNKNOWN, "issued, but the answer names no number")
    codes = told.codes
    outcome = _OUTCOMES.get(told.meaning)
    if outcome in _STANDING and _differs(asked, told):
        if outcome is OutcomeState.ACCEPTED:
            outcome = OutcomeState.ACCEPTED_WITH_OBJECTIONS
        codes = (TOTAL_DIFFERS, *codes)
    return Issued(
        submission=Submission(
            state=state, reference=told.text("reference"), codes=codes, message=message
        ),
        outcome=None
        if outcome is None
        else FiscalOutcome(state=outcome, codes=codes, fixable=told.fixable, message=message),
        number=number,
        verification=told.text("verification"),
        url=told.text("url"),
        xml_url=told.text("xml_url"),
    )


_STANDING = frozenset(
    {OutcomeState.ACCEPTED, OutcomeState.ACCEPTED_WITH_OBJECTIONS, OutcomeState.PENDING}
)


def _number(options: Options, told: Told) -> FiscalNumber | None:
    value = told.read.get("number")
    try:
        number = int(value) if isinstance(value, str | int | Decimal) else 0
    except (ValueError, ArithmeticError):
        return None
    return FiscalNumber(options.authority, told.text("series"), number) if number > 0 else None


def _differs(asked: Asked, told: Told) -> bool:
    wanted, value = request_total(asked.request), told.read.get("total")
    if wanted is None or value is None:
        return False
    try:
        return Decimal(str(value)) != wanted
    except InvalidOperation:
        return True


def _only(state: SubmissionState, message: str) -> Issued:
    return Issued(submission=Submission(state=state, message=message))


def _context(options: Options, asked: Asked) -> dict[str, Any]:
    """What the expressions see: the request in its own words, with exact numbers and dates."""
    request = msgspec.to_builtins(asked.request, builtin_types=_EXACT)
    number = None if asked.number is None else msgspec.to_builtins(asked.number)
    return {
        "key": asked.key,
        "request": request,
        "total": request_total(asked.request),
        "reference": asked.reference or None,
        "number": number,
        "constants": options.constants,
    }


def _line_total(line: RequestLine, request: FiscalRequest) -> tuple[RequestLine, Decimal]:
    whole = rounded(line.quantity * line.unit_price, request.currency)
    moved = total(_signed(each, whole, request) for each in line.allowances)
    return line, whole + moved


def _signed(allowance: Allowance, whole: Decimal, request: FiscalRequest) -> Decimal:
    amount = allowance.amount
    if amount is None:
        amount = whole * (allowance.percent or Decimal(0)) / 100
    amount = rounded(amount, request.currency)
    return -amount if allowance.direction is Direction.DISCOUNT else amount
