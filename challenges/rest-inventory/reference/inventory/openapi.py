"""The OpenAPI document. Statuses are listed one by one: `default` would promise nothing."""

from http import HTTPStatus
from typing import Any

from inventory.items import MAX_PRICE_CENTS, MAX_QUANTITY, MAX_TAGS, VERSIONS
from inventory.problems import MEDIA_TYPE as PROBLEM

Json = dict[str, Any]

_BODY_FAULTS = (400, 413, 415, 422)
_STRING: Json = {"type": "string"}


def describe() -> Json:
    paths: Json = {}
    for version in VERSIONS:
        paths[f"/{version}/items"] = _collection(version)
        paths[f"/{version}/items/{{id}}"] = _item(version)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Inventory", "version": "2.0.0", "description": "v1 is deprecated: use v2."},
        "paths": paths,
        "components": {"schemas": _schemas(), "parameters": _parameters(), "headers": _headers()},
    }


def _collection(version: str) -> Json:
    item = _ref("schemas", f"Item-{version}")
    page = {
        "type": "object",
        "required": ["items"],
        "properties": {"items": {"type": "array", "items": item}},
    }
    return {
        "get": _operation(
            version,
            "list",
            "A page of items",
            {200: page},
            faults=(400,),
            parameters=("limit", "cursor", "tag"),
            headers=("Link",),
        ),
        "post": _operation(
            version,
            "create",
            "Create an item",
            {201: item},
            faults=(*_BODY_FAULTS, 409),
            parameters=("idempotency-key",),
            headers=("ETag", "Location"),
            body=("application/json", _ref("schemas", f"NewItem-{version}")),
        ),
    }


def _item(version: str) -> Json:
    item = _ref("schemas", f"Item-{version}")
    new = ("application/json", _ref("schemas", f"NewItem-{version}"))
    patch = ("application/merge-patch+json", _ref("schemas", f"ItemPatch-{version}"))
    faults = (*_BODY_FAULTS, 404, 409, 412, 428)
    change: Json = {"faults": faults, "parameters": ("if-match-required",), "headers": ("ETag",)}
    read: Json = {"faults": (404,), "parameters": ("if-none-match",), "headers": ("ETag",)}
    return {
        "parameters": [_ref("parameters", "id")],
        "get": _operation(version, "read", "Read an item", {200: item, 304: None}, **read),
        "head": _operation(version, "probe", "Read an item's headers", {200: None, 304: None}, **read),
        "put": _operation(version, "replace", "Replace an item", {200: item}, body=new, **change),
        "patch": _operation(version, "patch", "Change an item", {200: item}, body=patch, **change),
        "delete": _operation(
            version, "delete", "Delete an item", {204: None}, faults=(404, 412), parameters=("if-match",)
        ),
    }


def _operation(
    version: str,
    name: str,
    summary: str,
    results: dict[int, Json | None],
    *,
    faults: tuple[int, ...] = (),
    parameters: tuple[str, ...] = (),
    headers: tuple[str, ...] = (),
    body: tuple[str, Json] | None = None,
) -> Json:
    responses: Json = {}
    for status, schema in results.items():
        response: Json = {"description": HTTPStatus(status).phrase}
        if schema is not None:
            response["content"] = {"application/json": {"schema": schema}}
        if headers:
            response["headers"] = {header: _ref("headers", header) for header in headers}
        responses[str(status)] = response
    for status in sorted(faults):
        content = {PROBLEM: {"schema": _ref("schemas", "Problem")}}
        responses[str(status)] = {"description": HTTPStatus(status).phrase, "content": content}
    operation: Json = {
        "operationId": f"{name}-{version}",
        "summary": summary,
        "parameters": [_ref("parameters", parameter) for parameter in parameters],
        "responses": responses,
    }
    if version == "v1":
        operation["deprecated"] = True
    if body is not None:
        media_type, schema = body
        operation["requestBody"] = {"required": True, "content": {media_type: {"schema": schema}}}
    return operation


def _schemas() -> Json:
    price_cents: Json = {"type": "integer", "minimum": 0, "maximum": MAX_PRICE_CENTS}
    price: Json = {
        "type": "object",
        "required": ["amount", "currency"],
        "additionalProperties": False,
        "properties": {
            "amount": {"type": "string", "pattern": r"^(0|[1-9][0-9]{0,7})\.[0-9]{2}$"},
            "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        },
    }
    tag = {"type": "string", "pattern": "^[a-z0-9-]{1,30}$"}
    writable: Json = {
        "sku": {"type": ["string", "null"], "pattern": "^[A-Z0-9][A-Z0-9-]{0,39}$", "default": None},
        "name": {"type": "string", "minLength": 1, "maxLength": 200},
        "quantity": {"type": "integer", "minimum": 0, "maximum": MAX_QUANTITY, "default": 0},
        "tags": {"type": "array", "items": tag, "maxItems": MAX_TAGS, "uniqueItems": True, "default": []},
    }
    identifier = {"id": {"type": "string", "readOnly": True}}
    schemas: Json = {"Problem": _problem()}
    for version, own in (("v1", {"price_cents": price_cents}), ("v2", {"price": price})):
        members = identifier | writable | own
        schemas[f"Item-{version}"] = {
            "type": "object",
            "required": list(members),
            "properties": members,
        }
        schemas[f"NewItem-{version}"] = {
            "type": "object",
            "required": ["name", *own],
            "properties": members,
            "additionalProperties": False,
        }
        # RFC 7396: null removes a member. A name or a price cannot be removed.
        removable = {name: {"anyOf": [schema, {"type": "null"}]} for name, schema in writable.items()}
        mergeable = {
            name: schema | {"required": []} if "required" in schema else schema
            for name, schema in own.items()
        }
        schemas[f"ItemPatch-{version}"] = {
            "type": "object",
            "properties": identifier | removable | {"name": writable["name"]} | mergeable,
            "additionalProperties": False,
        }
    return schemas


def _problem() -> Json:
    error = {
        "type": "object",
        "required": ["pointer", "detail"],
        "properties": {"pointer": {"type": "string", "format": "json-pointer"}, "detail": _STRING},
    }
    return {
        "type": "object",
        "required": ["title", "status"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": _STRING,
            "status": {"type": "integer"},
            "detail": _STRING,
            "errors": {"type": "array", "items": error},
        },
    }


def _parameters() -> Json:
    def parameter(
        name: str, place: str, description: str, schema: Json = _STRING, *, required: bool = False
    ) -> Json:
        return {
            "name": name,
            "in": place,
            "required": required or place == "path",
            "description": description,
            "schema": schema,
        }

    limit = {"type": "integer", "minimum": 1, "default": 20}
    return {
        "id": parameter("id", "path", "The item"),
        "limit": parameter("limit", "query", "Page size; above 100 it counts as 100", limit),
        "cursor": parameter("cursor", "query", "From the link to this page; opaque"),
        "tag": parameter("tag", "query", "Only items with exactly this tag"),
        "if-match": parameter("If-Match", "header", "The ETag that the change is based on"),
        "if-match-required": parameter(
            "If-Match", "header", "The ETag that the change is based on; without it 428", required=True
        ),
        "if-none-match": parameter("If-None-Match", "header", "The ETag that the client has"),
        "idempotency-key": parameter("Idempotency-Key", "header", "Makes a creation safe to repeat"),
    }


def _headers() -> Json:
    descriptions = {
        "ETag": "The item's state",
        "Location": "The new item",
        "Link": 'rel="next": the next page',
    }
    return {name: {"description": text, "schema": _STRING} for name, text in descriptions.items()}


def _ref(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}
