"""Reader: DMN XML of versions 1.1 to 1.5 to a model; nothing outside the bytes is looked at."""

from typing import cast

from lxml import etree

from mtd.core.decision.boxes import (
    read_box,
    read_function,
    read_text_in,
    read_type_ref,
    read_variable,
    read_variables,
)
from mtd.core.decision.markup import Markup
from mtd.core.decision.model import (
    Decision,
    DmnError,
    Import,
    InputData,
    ItemDefinition,
    KnowledgeModel,
    Model,
    Service,
    Variable,
)

SIZE_MAX_BYTES = 5_000_000
DEPTH_MAX = 64
NODES_MAX = 200_000
ATTRIBUTES_MAX = 256
"""Of one element: to read n of them takes n times n steps."""

NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    }
)
"""Of DMN 1.1, 1.2, 1.3, 1.4 and 1.5."""

Element = etree._Element  # pyright: ignore[reportPrivateUsage] lxml has no public name for it


def read_dmn(content: bytes) -> Model:
    """The decision model in an XML file. Raises DmnError naming the line.

    At most 5 MB, 64 levels, 200,000 elements and 256 attributes of one; no DOCTYPE.
    """
    root = _parsed(content)
    if root.tag != "definitions":
        raise DmnError("the root element is not definitions of DMN 1.1 to 1.5", root.line)
    return Model(
        name=root.get("name"),
        namespace=root.get("namespace"),
        imports=tuple(
            Import(name=e.get("name"), namespace=e.get("namespace"), line=e.line)
            for e in root.all("import")
        ),
        items=tuple(_item(e) for e in root.all("itemDefinition")),
        inputs=tuple(
            InputData(id=_id(e), variable=_variable_of(e), line=e.line)
            for e in root.all("inputData")
        ),
        decisions=tuple(_decision(e) for e in root.all("decision")),
        knowledge=tuple(_knowledge(e) for e in root.all("businessKnowledgeModel")),
        services=tuple(_service(e) for e in root.all("decisionService")),
        line=root.line,
    )


def _parsed(content: bytes) -> Markup:
    if len(content) > SIZE_MAX_BYTES:
        raise DmnError(f"the file is larger than {SIZE_MAX_BYTES:,} bytes")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = error.lineno if isinstance(error, etree.XMLSyntaxError) else None
        raise DmnError(f"the file is not well-formed XML: {error}", line) from None
    if root.getroottree().docinfo.doctype:
        raise DmnError("the file has a DOCTYPE, which models may not have", 1)
    return _markup(root)


def _markup(root: Element) -> Markup:
    """The tree under `root`, built without recursion. Raises DmnError when it is too large."""
    top = _element(root)
    waiting = [(root, top, 1)]
    count = 0
    while waiting:
        element, markup, depth = waiting.pop()
        for child in element.iterchildren("*"):
            count += 1
            if depth >= DEPTH_MAX or count >= NODES_MAX:
                raise DmnError("the file is too deep or has too many elements", markup.line)
            inner = _element(child)
            markup.children.append(inner)
            waiting.append((child, inner, depth + 1))
    return top


def _element(element: Element) -> Markup:
    if len(element.attrib) > ATTRIBUTES_MAX:
        raise DmnError(f"an element has more than {ATTRIBUTES_MAX} attributes", element.sourceline)
    namespace, _, name = cast(str, element.tag).removeprefix("{").rpartition("}")
    return Markup(
        tag=name if namespace in NAMESPACES else "",
        attributes={str(key): str(value) for key, value in element.attrib.items()},
        text=element.text or "",
        children=[],
        line=element.sourceline,
    )


def _item(e: Markup) -> ItemDefinition:
    function = e.first("functionItem")
    return ItemDefinition(
        name=e.get("name"),
        type_ref=read_type_ref(e),
        is_collection=e.get("isCollection") in ("true", "1"),
        allowed_values=read_text_in(e, "allowedValues"),
        constraint=read_text_in(e, "typeConstraint"),
        components=tuple(_item(child) for child in e.all("itemComponent")),
        is_function=function is not None,
        parameters=() if function is None else read_variables(function, "parameters"),
        output_type_ref="" if function is None else function.get("outputTypeRef"),
        line=e.line,
    )


def _decision(e: Markup) -> Decision:
    return Decision(
        id=_id(e),
        variable=_variable_of(e),
        requires=_requirements(e),
        logic=read_box(e),
        line=e.line,
    )


def _knowledge(e: Markup) -> KnowledgeModel:
    logic = e.first("encapsulatedLogic")
    return KnowledgeModel(
        id=_id(e),
        variable=_variable_of(e),
        requires=_requirements(e),
        logic=None if logic is None else read_function(logic),
        line=e.line,
    )


def _service(e: Markup) -> Service:
    def references(*tags: str) -> tuple[str, ...]:
        return tuple(child.get("href") for tag in tags for child in e.all(tag))

    return Service(
        id=_id(e),
        variable=_variable_of(e),
        outputs=references("outputDecision"),
        inputs=references("inputData", "inputDecision"),
        line=e.line,
    )


def _requirements(e: Markup) -> tuple[str, ...]:
    return tuple(
        target.get("href")
        for tag in ("informationRequirement", "knowledgeRequirement")
        for requirement in e.all(tag)
        for target in requirement.children
        if target.tag in ("requiredInput", "requiredDecision", "requiredKnowledge")
    )


def _id(e: Markup) -> str:
    return e.get("id") or e.get("name")


def _variable_of(e: Markup) -> Variable:
    """The element's variable; its name is the element's where the file leaves it out."""
    found = e.first("variable")
    own = Variable(name=" ".join(e.get("name").split()), line=e.line)
    if found is None:
        return own
    variable = read_variable(found)
    return variable if variable.name else Variable(name=own.name, type_ref=variable.type_ref)
