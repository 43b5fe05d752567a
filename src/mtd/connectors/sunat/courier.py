"""The SUNAT, or an OSE, as the post office sees it: one document, and the last word at once."""

from collections.abc import Sequence

import msgspec

from mtd.connectors import sunat
from mtd.connectors.courier import Pace, Parcel, Post, Said, Standing, Told
from mtd.connectors.settings import LegacySettings
from mtd.connectors.sunat.settings import Options
from mtd.connectors.wire import Wire
from mtd.core.process.outcome import Failed
from mtd.core.tax.certificate import Signing
from mtd.core.tax.countries.pe.building import AUTHORITY
from mtd.core.tax.document import DocumentKey
from mtd.core.tax.issuing import Finding, FiscalNumber, FiscalOutcome, Known, OutcomeState

NO_DELAY = "sendBill answers at once: there is nothing under way to ask after"


class SunatCourier:
    """The tax authority of Peru."""

    legacy = "sunat"
    apart: tuple[str, ...] = ()
    notice = ""
    hears_buyers = False

    def pace(self, wire: Wire) -> Pace:
        """As `[legacy.sunat.options.pace]` says."""
        return wire.legacy.options(Options).pace

    async def submit(self, wire: Wire, _signing: Signing, parcel: Parcel) -> Told:
        """Send the document (`sendBill`); its receipt is kept on the wire."""
        (document,) = parcel.documents
        return await sunat.submit(
            wire, parcel.issuer, document.type_code, _number(document), parcel.content
        )

    async def find(
        self, wire: Wire, _signing: Signing, parcel: Parcel, document: DocumentKey
    ) -> Finding | Failed:
        """What is held of it (`getStatusCdr`); its receipt is kept on the wire."""
        number, content = _number(document), parcel.content
        found = await sunat.find(wire, document.issuer, document.type_code, number, content)
        return Failed("nobody said what is held") if found.known is Known.CANNOT_TELL else found

    async def standing(self, _wire: Wire, _signing: Signing, _parcel: Parcel) -> Standing | Failed:
        """Nothing is ever under way."""
        return Failed(NO_DELAY)

    def absent(
        self, _document: DocumentKey, _told: FiscalOutcome, _notices: Sequence[bytes]
    ) -> FiscalOutcome:
        """Nothing is ever processed apart from its answer."""
        return FiscalOutcome(state=OutcomeState.UNKNOWN, message=NO_DELAY)

    async def said(
        self, _wire: Wire, _signing: Signing, _document: DocumentKey
    ) -> Sequence[Said] | Failed:
        """The SUNAT keeps no register of buyers' words that MTD reads."""
        return ()


def fault(settings: LegacySettings, environment: str) -> str | None:
    """Why an issuer of that environment may not be served."""
    serving = msgspec.convert(settings.options, Options, strict=False).environment
    if serving == environment:
        return None
    return f"an issuer of the environment {environment} is not sent to {serving}'s services"


POST = Post(legacy=SunatCourier.legacy, fault=fault, open=lambda _elapsed_s: SunatCourier())


def _number(document: DocumentKey) -> FiscalNumber:
    return FiscalNumber(AUTHORITY, document.series, document.folio)
