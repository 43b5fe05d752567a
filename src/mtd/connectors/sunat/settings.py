"""What the SUNAT's services must be told besides address, login and password."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from mtd.connectors.courier import Pace
from mtd.connectors.settings import SecretRef

Path = Annotated[str, Meta(pattern=r"^/[^\s?#]*\Z")]


class Account(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A taxpayer's SOL user; `login` is RUC and user in one."""

    login: SecretRef
    password: SecretRef


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[legacy.sunat.options]`; `login` of the settings is RUC and SOL user in one."""

    environment: Literal["certification", "production", "simulated"] = "certification"
    """Whose documents are taken here; an issuer of another one is not served."""
    accounts: dict[str, Account] = {}
    """By RUC, where several taxpayers send; else `login` and `password` of the settings."""
    pace: Pace = Pace()

    bill_path: Path = "/ol-ti-itcpfegem/billService"
    """An OSE has its own; the SUNAT's certification adds `-beta` to the first part."""
    consult_path: Path = "/ol-it-wsconscpegem/billConsultService"
