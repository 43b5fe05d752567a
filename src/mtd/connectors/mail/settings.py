"""Who writes to whom, in which language, from which templates."""

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

ADDRESS = r"^[^\s<>(),;:\\\"\[\]@]{1,64}@[A-Za-z0-9.-]{1,190}\Z"
Address = Annotated[str, Meta(pattern=ADDRESS)]
DEFAULT = "default"
DTE_MAILBOX = "dte_mailbox"
"""Attribute of an order: the mailbox at which its buyer takes documents between taxpayers."""
ENCLOSED_MAX_BYTES = 5_000_000
"""Of a document's files together: a larger one is only where the letter says."""
FOLDER = Path("customers") / "mail"


class Sender(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A shop as its letters are signed."""

    address: Address
    name: str
    language: Annotated[str, Meta(pattern="^[a-z]{2}$")] = "es"
    website: str = ""


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[legacy.mail.options]`."""

    senders: dict[str, Sender]
    """By store; `default` signs for the others."""
    staff: dict[str, Address] = {}
    """Address of each role that letters may be sent to, such as `supervisor`."""
    templates: str | None = None
    """Folder of `<store>/<kind>.<language>.{txt,html}`; None: `customers/mail`."""
    bounce_key: Annotated[str, Meta(pattern="^(order|mail)$")] = "order"
    """What MailBounced is correlated by: the order's key, or the mail's own id."""

    def sender(self, store: str) -> Sender | None:
        """Who writes for `store`."""
        return self.senders.get(store) or self.senders.get(DEFAULT)

    def folder(self) -> Path:
        """Where the templates are: as set, below the working folder, or beside the sources."""
        if self.templates is not None:
            return Path(self.templates)
        return FOLDER if FOLDER.is_dir() else Path(__file__).parents[4] / FOLDER
