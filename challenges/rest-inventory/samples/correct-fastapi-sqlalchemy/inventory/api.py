"""Routes, for both versions by one factory."""

import base64
import hashlib
import hmac
import json
import re
import uuid
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, FastAPI, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.routing import Match

from inventory import models
from inventory.database import Creation, Item, Tag, prepare, reading, writing

PATCH_TYPE = "application/merge-patch+json"
PROBLEM_TYPE = "application/problem+json"

SECRET = prepare()
app = FastAPI(title="Inventory", version="2.0.0")


class Problem(Exception):
    def __init__(self, status: int, detail: str, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors = status, detail, errors


def problem_response(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    title = HTTPStatus(problem.status).phrase
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": problem.status}
    body["detail"] = problem.detail
    if problem.errors is not None:
        body["errors"] = problem.errors
    return Response(json.dumps(body), problem.status, headers, PROBLEM_TYPE)


@app.exception_handler(Problem)
async def on_problem(request: Request, problem: Problem) -> Response:
    return problem_response(problem)


@app.exception_handler(RequestValidationError)
async def on_bad_parameters(request: Request, error: RequestValidationError) -> Response:
    return problem_response(Problem(400, "; ".join(str(one["msg"]) for one in error.errors())))


@app.exception_handler(HTTPException)
async def on_http_error(request: Request, error: HTTPException) -> Response:
    headers = {}
    if error.status_code == 405:
        # Starlette names the methods of the first route that has the path, and each of ours has one method.
        headers["Allow"] = ", ".join(
            method
            for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
            if has_method(request, method)
        )
    return problem_response(Problem(error.status_code, str(error.detail)), headers)


def has_method(request: Request, method: str) -> bool:
    scope = {**request.scope, "method": method}
    return any(route.matches(scope)[0] is Match.FULL for route in app.router.routes)


@app.middleware("http")
async def announce_end_of_v1(request: Request, call_next) -> Response:
    response = await call_next(request)
    if request.url.path.startswith("/v1/items"):
        response.headers["Deprecation"] = "@1767225600"
        response.headers["Sunset"] = "Thu, 01 Jul 2027 00:00:00 GMT"
        response.headers.append("Link", '</v2/items>; rel="successor-version"; title="use, this; please"')
    return response


async def document(request: Request) -> Any:
    """The body as JSON."""
    if int(request.headers.get("Content-Length", 0)) > 65_536:
        raise Problem(413, "A body has 65536 bytes at most.")
    wanted = PATCH_TYPE if request.method == "PATCH" else "application/json"
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != wanted:
        raise Problem(415, f"The body must be {wanted}.")
    try:
        return json.loads((await request.body()).decode())
    except (ValueError, RecursionError):
        raise Problem(400, "The body is not JSON.") from None


def parse(model: type[models.NewItem], value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        value = {name: member for name, member in value.items() if name != "id"}
    try:
        return model.model_validate(value).columns()
    except ValidationError as error:
        errors = [
            {"pointer": "".join(f"/{part}" for part in one["loc"]), "detail": one["msg"]}
            for one in error.errors()
        ]
        raise Problem(422, "The item is not valid.", errors) from None


def merge(target: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merge(result.get(name), value)
    return result


def signed(payload: str) -> str:
    return hmac.new(SECRET, payload.encode(), hashlib.sha256).hexdigest()[:32]


def issue_cursor(filter_: str | None, number: int) -> str:
    payload = json.dumps([number, filter_])
    return base64.b16encode(payload.encode()).decode() + "." + signed(payload)


def read_cursor(cursor: str, filter_: str | None) -> int:
    data, _, signature = cursor.partition(".")
    try:
        payload = base64.b16decode(data).decode()
    except ValueError:
        payload = ""
    if not hmac.compare_digest(signed(payload).encode(), signature.encode()) or not payload:
        raise Problem(400, "The cursor was not issued by this service.")
    number, issued_for = json.loads(payload)
    if issued_for != filter_:
        raise Problem(400, "The cursor was issued for another filter.")
    return number


def load(session: Session, item_id: str) -> Item:
    item = session.scalar(select(Item).where(Item.id == item_id))
    if item is None:
        raise Problem(404, "There is no such item.")
    return item


def flush(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError:
        raise Problem(409, "Another item has this sku.") from None


def has_tag(header: str, etag: str) -> bool:
    return header.strip() == "*" or etag in [tag.strip() for tag in header.split(",")]


def check_if_match(if_match: str | None, item: Item, needed: bool) -> None:
    if if_match is None:
        if needed:
            raise Problem(428, "A change needs If-Match.")
    elif not has_tag(if_match, item.etag):
        raise Problem(412, "The item has changed.")


def responses(*faults: int, **described: str) -> dict[int | str, dict[str, Any]]:
    content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
    found: dict[int | str, dict[str, Any]] = {
        fault: {"description": HTTPStatus(fault).phrase, "content": content} for fault in faults
    }
    return found | {int(name[1:]): {"description": text} for name, text in described.items()}


def body_of(media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema}}}}


Document = Annotated[Any, Depends(document)]
IfMatch = Annotated[str | None, Header()]
BODY_FAULTS = (400, 413, 415, 422)
CHANGE_FAULTS = (*BODY_FAULTS, 404, 409, 412, 428)


def make_router(version: str, shown: Any, page: Any, new: type[models.NewItem]) -> APIRouter:
    root = f"/{version}/items"
    router = APIRouter(prefix=root, deprecated=version == "v1", tags=[version])
    json_body = body_of("application/json", {"$ref": f"#/components/schemas/{new.__name__}"})

    def show(item: Item) -> dict[str, Any]:
        return shown.of(item).model_dump()

    @router.get("", response_model=page, responses=responses(400))
    def list_items(response: Response, limit: str = "20", cursor: str | None = None, tag: str | None = None):
        if not re.fullmatch("[0-9]{1,999}", limit) or int(limit) == 0:
            raise Problem(400, "limit must be a positive integer.")
        size = min(int(limit), 100)
        query = select(Item).order_by(Item.number).limit(size + 1)
        if cursor is not None:
            query = query.where(Item.number > read_cursor(cursor, tag))
        if tag is not None:
            query = query.join(Tag).where(Tag.name == tag)
        with reading() as session:
            found = list(session.scalars(query))
            items = [show(item) for item in found[:size]]
        if len(found) > size:
            following = {"limit": size, "cursor": issue_cursor(tag, found[size - 1].number)}
            following |= {"tag": tag} if tag is not None else {}
            response.headers["Link"] = f'<{root}?{urlencode(following)}>; rel="next"'
        return {"items": items}

    @router.post(
        "",
        status_code=201,
        response_model=shown,
        responses=responses(*BODY_FAULTS, 409),
        openapi_extra=json_body,
    )
    def create_item(
        response: Response, value: Document, idempotency_key: Annotated[str | None, Header()] = None
    ):
        payload = hashlib.sha256(json.dumps([root, value], sort_keys=True).encode()).hexdigest()
        with writing() as session:
            known = session.get(Creation, idempotency_key) if idempotency_key is not None else None
            if known is None:
                item = Item(id=uuid.uuid4().hex, **parse(new, value))
                session.add(item)
                flush(session)
                headers = {"ETag": item.etag, "Location": f"{root}/{item.id}"}
                known = Creation(key=idempotency_key, payload=payload, body=show(item), headers=headers)
                if idempotency_key is not None:
                    session.add(known)
            elif known.payload != payload:
                raise Problem(422, "The key was used with another payload.")
        response.headers.update(known.headers)
        return known.body

    read_responses = responses(404, s304="Not modified")

    @router.head("/{item_id}", include_in_schema=False)
    @router.get("/{item_id}", response_model=shown, responses=read_responses)
    def read_item(response: Response, item_id: str, if_none_match: Annotated[str | None, Header()] = None):
        with reading() as session:
            item = load(session, item_id)
            if if_none_match is not None and has_tag(if_none_match.replace("W/", ""), item.etag):
                return Response(status_code=304, headers={"ETag": item.etag})
            response.headers["ETag"] = item.etag
            return show(item)

    def change(item_id: str, if_match: str | None, new_value: Any, response: Response) -> dict[str, Any]:
        with writing() as session:
            item = load(session, item_id)
            check_if_match(if_match, item, needed=True)
            for name, value in parse(new, new_value(item)).items():
                setattr(item, name, value)
            item.version += 1
            flush(session)
            response.headers["ETag"] = item.etag
            return show(item)

    @router.put(
        "/{item_id}", response_model=shown, responses=responses(*CHANGE_FAULTS), openapi_extra=json_body
    )
    def replace_item(response: Response, item_id: str, value: Document, if_match: IfMatch = None):
        return change(item_id, if_match, lambda item: value, response)

    @router.patch(
        "/{item_id}",
        response_model=shown,
        responses=responses(*CHANGE_FAULTS),
        openapi_extra=body_of(PATCH_TYPE, {"type": "object"}),
    )
    def patch_item(response: Response, item_id: str, value: Document, if_match: IfMatch = None):
        return change(item_id, if_match, lambda item: merge(show(item), value), response)

    @router.delete("/{item_id}", status_code=204, responses=responses(404, 412))
    def delete_item(item_id: str, if_match: IfMatch = None) -> Response:
        with writing() as session:
            item = load(session, item_id)
            check_if_match(if_match, item, needed=False)
            session.delete(item)
        return Response(status_code=204)

    return router


@app.get("/healthz")
def healthz() -> dict[str, str]:
    return {"status": "ok"}


app.include_router(make_router("v1", models.ItemV1, models.PageV1, models.NewItemV1))
app.include_router(make_router("v2", models.ItemV2, models.PageV2, models.NewItemV2))

_generate = app.openapi


def openapi() -> dict[str, Any]:
    """FastAPI's document, with the schemas that only our own handlers use."""
    described = _generate()
    schemas = described.setdefault("components", {}).setdefault("schemas", {})
    for model in (models.ProblemDocument, models.NewItemV1, models.NewItemV2):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(schema.pop("$defs", {}))
        schemas[model.__name__] = schema
    return described


app.openapi = openapi  # type: ignore[method-assign]
