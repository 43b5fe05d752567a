"""Vendor attributes: what tools keep in foreign attributes and extension elements."""

from collections.abc import Mapping

from mtd.core.process.readers.words import label
from mtd.core.process.readers.xml import Element, children, local, namespace, text_of

ATTRIBUTES_MAX = 256
"""Attributes kept of one element."""
TEXT_MAX = 8_192
"""Characters kept of one attribute."""

SERVICES = (
    "taskDefinition.type",
    "serviceTaskOperator.id",
    "topic",
    "delegateExpression",
    "class",
    "expression",
)
"""Where vendors name the service of a task: Camunda 8, SpiffWorkflow, Camunda 7 and Activiti."""

_LOOKS = frozenset(
    {"bgColor", "borderColor", "textColor", "textBackgroundColor", "textDirection", "fontName"}
)
_NAMES = ("name", "key", "metaKey", "Name")
_VALUES = ("value", "metaValue", "Value")


def attributes(element: Element, extended: Mapping[str, str]) -> dict[str, str]:
    """Foreign attributes and extension elements of a BPMN element, flat, the first of a name.

    `extended` names Bizagi's extended attributes by their id.
    """
    found: dict[str, str] = {}
    for key, value in element.attrib.items():
        space, _, name = str(key).rpartition("}")
        if space and not space.endswith("XMLSchema-instance"):
            _keep(found, name, str(value))
    for extension in children(element, "extensionElements"):
        for nested in extension:
            _flatten(nested, extended, found)
    return found


def extended_attributes(root: Element) -> dict[str, str]:
    """Names of Bizagi's extended attributes by id, as the collaboration defines them."""
    names: dict[str, str] = {}
    for definition in root.iter("{*}BizagiExtendedAttributeDefinition"):
        own = definition.get("Id")
        name = next((text_of(child) for child in children(definition, "Name")), None)
        if own:
            names[own] = label(name or definition.get("Name")) or own
    return names


def _flatten(element: Element, extended: Mapping[str, str], found: dict[str, str]) -> None:
    """One extension element and those inside it; depth is bounded by the parser."""
    tag = local(element)
    if tag == "BizagiExtendedAttributeValue":
        own = element.get("Id") or ""
        parts = {local(child): text_of(child) for child in element}
        value = parts.get("Content") or parts.get("DisplayValue")
        _keep(found, extended.get(own, own), value or "")
        return
    name = next((element.get(key) for key in _NAMES if element.get(key)), None)
    value = next((element.get(key) for key in _VALUES if element.get(key) is not None), None)
    if name and value is None and not len(element):
        value = text_of(element)
    if name and value is not None:
        _keep(found, name, value)
        return
    for key, given in element.attrib.items():
        _keep(found, f"{tag}.{str(key).rpartition('}')[2]}", str(given))
    if not len(element) and not element.attrib:
        _keep(found, tag, text_of(element) or "")
    for nested in element:
        _flatten(nested, extended, found)


def _keep(found: dict[str, str], name: str, value: str) -> None:
    if value and name not in _LOOKS and name not in found and len(found) < ATTRIBUTES_MAX:
        found[name] = value[:TEXT_MAX]


def is_foreign(element: Element, own: str) -> bool:
    """True of an element outside the file's BPMN namespace `own`."""
    return namespace(element) != own
