"""What the SUNAT's services must be told besides address, login and password."""

from typing import Annotated

import msgspec
from msgspec import Meta

Path = Annotated[str, Meta(pattern=r"^/[^\s?#]*\Z")]


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[legacy.sunat.options]`; `login` of the settings is RUC and SOL user in one."""

    bill_path: Path = "/ol-ti-itcpfegem/billService"
    """An OSE has its own; the SUNAT's certification adds `-beta` to the first part."""
    consult_path: Path = "/ol-it-wsconscpegem/billConsultService"
