"""The readers: any modeller's file to a drawing (BPMN 2.0 XML, Bizagi's dialect, XPDL, .bpm)."""

import msgspec

from mtd.core.process.drawing import Drawing
from mtd.core.process.readers import bizagi, bpm, bpmn, xpdl
from mtd.core.process.readers.xml import Unreadable, local, namespace, parse

__all__ = ["Unreadable", "read"]


def read(content: bytes, name: str = "") -> Drawing:
    """The drawing in a file's `content`; `name`, the file's, is the drawing's for want of one.

    Raises Unreadable for what is no drawing, and for what may harm: a DOCTYPE, entities, more
    than 32 MiB (unpacked too) or 128 levels. Whatever else is odd, foreign or dangling is in the
    drawing's notes.
    """
    drawing = bpm.read(content) if bpm.is_zip(content) else _read_xml(content)
    stem = _stem(name)
    return drawing if drawing.name else msgspec.structs.replace(drawing, name=stem)


def _stem(name: str) -> str | None:
    """A file's name without its folders and its last ending."""
    base = name.replace("\\", "/").rpartition("/")[2]
    return base.rpartition(".")[0] or base or None


def _read_xml(content: bytes) -> Drawing:
    root, oddities = parse(content)
    tag, space = local(root), namespace(root)
    if tag == "Package" and (not space or "wfmc.org" in space):
        return xpdl.read(root, oddities)
    if tag == "definitions" and (not space or "BPMN" in space.upper()):
        reader = bizagi if bizagi.is_bizagi(root) else bpmn
        return reader.read(root, oddities)
    where = f" of {space}" if space else ""
    raise Unreadable(f"the file is neither BPMN nor XPDL: it begins with {tag}{where}", 1, tag)
