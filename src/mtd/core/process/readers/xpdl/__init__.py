"""XPDL, versions 1.0 to 2.2, to a drawing: Bizagi's export, and the diagrams inside its .bpm."""

from collections.abc import Iterable

from mtd.core.process.drawing import Drawing
from mtd.core.process.readers.associations import by_end
from mtd.core.process.readers.dressing import undressed
from mtd.core.process.readers.words import flag, label
from mtd.core.process.readers.xml import Element, child, text_of
from mtd.core.process.readers.xpdl.package import Package, children_of
from mtd.core.process.readers.xpdl.processes import process

__all__ = ["read"]


def read(root: Element, oddities: Iterable[str]) -> Drawing:
    """The drawing in a `Package` element; `oddities` become its first notes."""
    package = Package(root, oddities)
    pools = tuple(package.pool(one) for one in package.pool_elements)
    of = {pool.process: pool for pool in reversed(pools) if pool.process}
    outside = by_end(
        (one.get("Source") or "", one.get("Target") or "")
        for one in children_of(root, "Associations", "Association")
    )
    processes = tuple(
        process(package, one, of.get(one.get("Id") or ""), outside)
        for one in children_of(root, "WorkflowProcesses", "WorkflowProcess")
    )
    header = child(root, "PackageHeader")
    vendor = text_of(child(header, "Vendor")) or ""
    drawing = Drawing(
        source_format="xpdl",
        name=label(root.get("Name")),
        exporter=label(f"{vendor} {text_of(child(header, 'CreationVersion')) or ''}"),
        processes=processes,
        pools=pools,
        message_flows=package.message_flows,
        notes=package.notes,
    )
    if "bizagi" not in vendor.lower():
        return drawing
    hidden = (one for one in package.pool_elements if not flag(one.get("BoundaryVisible"), True))
    return undressed(drawing, {package.id_of(one) for one in hidden}, "xpdl")
