"""The Bizagi dialect of BPMN 2.0 XML: what its Modeler and Studio write, put right.

No exporter names itself; the target namespace or that of the extensions gives it away. Most of
its quirks (lanes without references, empty timers and conditions, references to nothing, HTML)
are read as any tool's would be; here are those that would mislead if they were.
"""

from collections.abc import Iterable

import msgspec

from mtd.core.process.drawing import Drawing
from mtd.core.process.readers import bpmn
from mtd.core.process.readers.dressing import undressed
from mtd.core.process.readers.words import flag
from mtd.core.process.readers.xml import Element

TARGET = "http://www.bizagi.com/definitions/"
EXTENSIONS = "http://www.bizagi.com/bpmn20"
UNFORGIVEN = frozenset({"id-unique"})
"""The file's breaches that Bizagi is not known for; the others are its own (bpmn.md §1a)."""


def is_bizagi(root: Element) -> bool:
    """True of what Bizagi wrote, also when another tool has saved it since."""
    target = root.get("targetNamespace") or ""
    extensions = root.iter(f"{{{EXTENSIONS}}}BizagiExtensions")
    return target.startswith(TARGET) or next(extensions, None) is not None


def read(root: Element, oddities: Iterable[str]) -> Drawing:
    """The drawing in a `definitions` element that Bizagi wrote."""
    drawing = bpmn.read(root, oddities)
    told = tuple(breach for breach in drawing.breaches if breach.rule in UNFORGIVEN)
    drawing = msgspec.structs.replace(drawing, breaches=told)
    main = {
        participant.get("id")
        for participant in root.iter("{*}participant")
        for found in participant.iter(f"{{{EXTENSIONS}}}BizagiProperty")
        if found.get("name") == "isMainParticipant" and flag(found.get("value"), absent=True)
    }
    return undressed(drawing, {pool.id for pool in drawing.pools if pool.id in main}, "bizagi")
