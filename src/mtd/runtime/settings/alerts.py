"""Settings of alerts: rules as data, who is told, and by what."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from mtd.connectors.settings import SecretRef
from mtd.core.orders.pricing import Bounds

DAY_S = 86_400

Share = Annotated[float, Meta(gt=0, le=1)]
Window = Annotated[int, Meta(ge=60, le=4 * 3_600)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,49}(?![\s\S])")]
Text = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*(?![\s\S])")]
Address = Annotated[str, Meta(pattern=r"^[^\s<>(),;:\\\"\[\]@]{1,64}@[A-Za-z0-9.-]{1,190}\Z")]
Severity = Literal["info", "warning", "critical"]
Language = Literal["es", "en"]

_CLOCK = r"([01]\d|2[0-3]):[0-5]\d"


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A typing error in a key is an error, not silence."""


class _Condition(_Table, frozen=True, kw_only=True, tag_field="kind"):
    """What a rule looks for."""


class Volume(_Condition, frozen=True, kw_only=True, tag="volume"):
    """Orders a minute, under or over a fixed bound or a share of what is usual.

    What is usual is the median of the same minutes of the four weeks before.
    """

    window_s: Window = 900
    by: Literal["all", "store", "channel"] = "all"
    low_per_min: Annotated[float, Meta(ge=0)] | None = None
    high_per_min: Annotated[float, Meta(ge=0)] | None = None
    low_share: Share | None = None
    """Of the median: 0.5 is half of what is usual."""
    high_share: Annotated[float, Meta(gt=1, le=1_000)] | None = None
    usual_min_per_min: Annotated[float, Meta(ge=0)] = 0.2
    """Where less than that is usual, shares of it say nothing."""


class Stuck(_Condition, frozen=True, kw_only=True, tag="stuck"):
    """Orders that have been in one of these states for longer than that."""

    states: Annotated[tuple[Text, ...], Meta(min_length=1, max_length=20)]
    after_s: Annotated[int, Meta(ge=60, le=60 * DAY_S)]
    more_than: Count = 0
    by: Literal["all", "store"] = "all"


class Waiting(_Condition, frozen=True, kw_only=True, tag="waiting"):
    """Files that wait for a person, after as many attempts as are made."""

    more_than: Count = 0
    by: Literal["all", "store"] = "all"


class ErrorRate(_Condition, frozen=True, kw_only=True, tag="error_rate"):
    """The share of attempts that failed, by counterpart or by step."""

    window_s: Window = 600
    by: Literal["counterpart", "step"] = "counterpart"
    share: Share = 0.2
    attempts_min: Annotated[int, Meta(ge=1, le=1_000_000)] = 20
    only: Text = ""
    """This counterpart, or the element of this id, alone."""


class CounterpartDown(_Condition, frozen=True, kw_only=True, tag="counterpart_down"):
    """A counterpart that answers nobody: so many attempts failed and none did not."""

    window_s: Window = 120
    failures_min: Annotated[int, Meta(ge=1, le=10_000)] = 10
    """As many as open a breaker, unless its settings say otherwise."""


class Band(_Table, frozen=True, kw_only=True):
    """What one unit of an article may cost, tax included, in the order's currency."""

    low: Annotated[float, Meta(ge=0)] | None = None
    high: Annotated[float, Meta(ge=0)] | None = None


class Price(_Condition, frozen=True, kw_only=True, tag="price"):
    """Orders with a price outside its band, or a line with more discount than may be."""

    window_s: Window = 900
    """An order is told of for so long."""
    bands: Annotated[dict[Text, Band], Meta(max_length=10_000)] = {}
    """By article (SKU), or by `store/SKU` where a store has its own."""
    discount_share_max: Share | None = None
    """Of a line's goods."""


class FoliosLow(_Condition, frozen=True, kw_only=True, tag="folios_low"):
    """Few folios are left of a kind of document, or those left will not last."""

    share: Share = 0.2
    """Of those authorised in ranges that are open."""
    days: Annotated[float, Meta(ge=0, le=365)] = 3.0
    """At the pace of the last week."""


class Promise(_Condition, frozen=True, kw_only=True, tag="promise"):
    """Orders that are promised soon, or were, and have not been dispatched."""

    ahead_s: Annotated[int, Meta(ge=0, le=30 * DAY_S)] = 7_200
    more_than: Count = 0
    by: Literal["all", "store"] = "store"


class Bounced(_Condition, frozen=True, kw_only=True, tag="letters_bounced"):
    """Letters that came back."""

    window_s: Window = 3_600
    more_than: Count = 0


class ClaimsUnheard(_Condition, frozen=True, kw_only=True, tag="claims_unheard"):
    """Claims of invoices that no process heard, and that no credit note answered since."""

    window_s: Annotated[int, Meta(ge=3_600, le=90 * DAY_S)] = 30 * DAY_S
    """A claim is told of for so long."""


class WorkersMissing(_Condition, frozen=True, kw_only=True, tag="workers_missing"):
    """Fewer workers than there should be."""

    fewer_than: Annotated[int, Meta(ge=1, le=1_000)] | None = None
    """None: as many as the settings start."""
    starting_s: Annotated[int, Meta(ge=0, le=3_600)] = 60
    """Nobody is missed while even the eldest is younger than that: the others are on their way."""


Condition = (
    Volume
    | Stuck
    | Waiting
    | ErrorRate
    | CounterpartDown
    | Price
    | FoliosLow
    | Promise
    | Bounced
    | ClaimsUnheard
    | WorkersMissing
)


class Rule(_Table, frozen=True, kw_only=True):
    """When to raise an alert, how grave it is, and whom to tell."""

    condition: Condition
    title: Text = ""
    """What people call it; empty: its name."""
    severity: Severity = "warning"
    enabled: bool = True
    calm_s: Annotated[int, Meta(ge=0, le=DAY_S)] = 300
    """The condition must have been over for so long until the alert closes by itself."""
    recipients: Annotated[tuple[Name, ...], Meta(max_length=20)] = ()
    quiet: Annotated[str, Meta(pattern=rf"^({_CLOCK}-{_CLOCK})?(?![\s\S])")] = ""
    """`22:00-07:00`, by the customer's clock: nobody is told then, but of what is critical."""
    escalate_after_s: Annotated[int, Meta(ge=60, le=7 * DAY_S)] | None = None
    """Not acknowledged for so long, it is told to these as well."""
    escalate_to: Annotated[tuple[Name, ...], Meta(max_length=20)] = ()
    runbook: Annotated[str, Meta(max_length=500, pattern=r"^(https?://[^\s\"<>]+)?(?![\s\S])")] = ""
    """Where it is written what to do."""


class Recipient(_Table, frozen=True, kw_only=True):
    """Somebody who is told by mail, or something that is told by HTTP: one of both."""

    mail: Address | None = None
    webhook: Annotated[str, Meta(pattern=r"^https?://[^\s/@?#]+(/[^\s#]*)?\Z")] | None = None
    secret: SecretRef | None = None
    """Of a webhook: what its posts are signed with."""
    language: Language = "es"


class AlertSettings(_Table, frozen=True, kw_only=True):
    """What is watched, and who is told."""

    every_s: Annotated[float, Meta(ge=1, le=60)] = 20.0
    """Between two looks."""
    sender: Address = "alertas@mtd.example"
    """Whose letters they are; they leave by the server of `[legacy.mail]`."""
    link: Annotated[str, Meta(pattern=r"^(https?://[^\s]+)?\Z")] = ""
    """The portal's address, as people reach it; empty: as it is served."""
    recipients: dict[Name, Recipient] = {}
    rules: dict[Name, Rule] = {}


def price_bands(settings: AlertSettings) -> dict[str, Bounds]:
    """Every band of the rules on prices: who breaks one is looked at before it is documented."""
    rules = (rule.condition for rule in settings.rules.values() if rule.enabled)
    found: dict[str, Bounds] = {}
    for condition in rules:
        if isinstance(condition, Price):
            found |= {sku: bounds(band) for sku, band in condition.bands.items()}
    return found


def bounds(band: Band) -> Bounds:
    """A band in exact numbers."""
    low = None if band.low is None else exact(band.low)
    return Bounds(low, None if band.high is None else exact(band.high))


def exact(number: float) -> Decimal:
    """As it was written."""
    return Decimal(repr(number))


def alert_faults(
    settings: AlertSettings, stores: Mapping[str, object]
) -> Iterator[tuple[str, str]]:
    """What is of the right type and still cannot be used: key and reason."""
    for name, recipient in settings.recipients.items():
        if (recipient.mail is None) is (recipient.webhook is None):
            yield f"alerts.recipients.{name}", "either `mail` or `webhook`"
        if recipient.webhook is not None and recipient.secret is None:
            yield f"alerts.recipients.{name}.secret", "a webhook's posts are signed: with what?"
    for name, rule in settings.rules.items():
        for key, words in rule_faults(rule, settings.recipients, stores):
            yield f"alerts.rules.{name}.{key}", words


def rule_faults(
    rule: Rule, recipients: Mapping[str, Recipient], stores: Mapping[str, object]
) -> Iterator[tuple[str, str]]:
    """What is wrong with a rule that is of the right type."""
    for key in ("recipients", "escalate_to"):
        for name in getattr(rule, key):
            if name not in recipients:
                yield key, f"there is no recipient {name!r}"
    match rule.condition:
        case Volume() as volume:
            bounds = (volume.low_per_min, volume.high_per_min, volume.low_share, volume.high_share)
            if all(bound is None for bound in bounds):
                yield "condition", "a volume takes a bound: low or high, per minute or as a share"
        case Price(bands=bands, discount_share_max=None) if not bands:
            yield "condition", "a price takes `bands`, or `discount_share_max`"
        case Price(bands=bands):
            for name in bands:
                store, found, _ = name.partition("/")
                if found and store not in stores:
                    yield "condition.bands", f"there is no store {store!r}"
        case _:
            return
