"""Describing: the OpenAPI document, with what all routes have in common and no handler says."""

import re
from dataclasses import dataclass
from typing import Any, cast

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import Components, Operation, SecurityScheme
from litestar.types import Method

from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.faces.api.problems import Problem

KEY = "api_key"
SECURITY: list[dict[str, list[str]]] = [{KEY: []}]
COMPONENTS = Components(
    security_schemes={
        KEY: SecurityScheme(
            type="http", scheme="bearer", description="An API key of `mtd`, as a bearer token."
        )
    }
)
ORDER = "PurchaseOrder"
PARTS_OF_A_KEY = 4
ALWAYS = {
    400: "The request is not of the form described here; each flaw is named",
    401: "No API key, or one that is not known",
    422: "The content cannot be taken; each flaw is named",
    503: "The database cannot be reached; `Retry-After` says when to come back",
}
NAMED = {404: "Nothing bears this name"}
NAMING = frozenset({"/pauses", "/bulk"})
"""Paths whose bodies name what there has to be."""
BROUGHT = {
    409: "It cannot be done as things stand",
    413: "The body is too large",
}


@dataclass
class OrderBody(Operation):
    """An operation whose body is an order, which its handler reads by itself."""

    def to_schema(self) -> dict[str, Any]:
        """As for any operation, and the two ways of writing an order."""
        order = {"$ref": f"#/components/schemas/{ORDER}"}
        xml = {"type": "string", "description": "By the order schema, or in a store's dialect."}
        content = {"application/json": {"schema": order}, "application/xml": {"schema": xml}}
        return {**super().to_schema(), "requestBody": {"required": True, "content": content}}


def operation_id(handler: HTTPRouteHandler, _: Method, path: list[Any]) -> str:
    """`orders_trace`; and `orders_trace_by_key` where the path spells an order's key out."""
    parts = [part for part in path if not isinstance(part, str)]
    by_key = "_by_key" if len(parts) == PARTS_OF_A_KEY else ""
    return f"{handler.resolve_tags()[0]}_{handler.handler_name}{by_key}"


def described(document: dict[str, Any]) -> dict[str, Any]:
    """`document` with every refusal that its operations may answer with (RFC 9457)."""
    schemas = document["components"]["schemas"]
    _, found = msgspec.json.schema_components(
        [PurchaseOrder, Problem], ref_template="#/components/schemas/{name}"
    )
    schemas.update(_numbers(found))
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _refusals(path, method, cast("dict[str, Any]", operation))
    return document


def _refusals(path: str, method: str, operation: dict[str, Any]) -> None:
    refused = {**ALWAYS, **(NAMED if "{" in path or path in NAMING else {})}
    if method != "get":
        refused |= BROUGHT
    for code, description in sorted(refused.items()):
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        operation["responses"][str(code)] = {"description": description, "content": content}


def _numbers(schema: Any) -> Any:
    """Amounts are JSON numbers here (`core.orders.json`), where msgspec would say text."""
    if isinstance(schema, list):
        return [_numbers(item) for item in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    members = cast("dict[str, Any]", schema)
    if members.get("format") == "decimal":
        return {**{k: v for k, v in members.items() if k != "format"}, "type": "number"}
    return {re.sub(r"[^\w.$-]", "_", k): _numbers(v) for k, v in members.items()}
