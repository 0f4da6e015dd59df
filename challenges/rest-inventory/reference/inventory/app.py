"""The HTTP interface: routes, and what all answers have in common."""

import json
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from inventory import problems, requests
from inventory.cursors import Cursors
from inventory.items import VERSIONS, Item, merge_patch, parse, represent
from inventory.openapi import describe
from inventory.problems import Problem
from inventory.store import Answer, Store

DEPRECATED_SINCE = "@1767225600"
GONE_AFTER = "Thu, 01 Jul 2027 00:00:00 GMT"


def create_app(store: Store) -> Flask:
    app = Flask(__name__)
    with store.reading() as transaction:
        cursors = Cursors(transaction.cursor_secret())
    for version in VERSIONS:
        _add_version(app, version, store, cursors)
    document = json.dumps(describe())

    @app.get("/healthz")
    def healthz() -> Response:
        return _json({"status": "ok"})

    @app.get("/openapi.json")
    def openapi() -> Response:
        return Response(document, mimetype="application/json")

    app.register_error_handler(Problem, _answer_problem)
    app.register_error_handler(HTTPException, _answer_http_exception)
    app.after_request(_announce_end_of_v1)
    return app


def _add_version(app: Flask, version: str, store: Store, cursors: Cursors) -> None:
    root = f"/{version}/items"

    @app.get(root, endpoint=f"{version}.list")
    def list_items() -> Response:
        limit, tag, cursor = requests.read_limit(request), request.args.get("tag"), request.args.get("cursor")
        after = 0 if cursor is None else cursors.read(cursor, version, tag)
        with store.reading() as transaction:
            found = transaction.after(after, tag, limit + 1)
        page = found[:limit]
        response = _json({"items": [represent(version, item) for item in page]})
        if len(found) > limit:
            query = {"limit": limit, "cursor": cursors.issue(version, tag, page[-1].position)}
            query |= {} if tag is None else {"tag": tag}
            response.headers.add("Link", f'<{root}?{urlencode(query)}>; rel="next"')
        return response

    @app.post(root, endpoint=f"{version}.create")
    def create_item() -> Response:
        document = requests.read_json(request)
        key = request.headers.get("Idempotency-Key")
        fingerprint = requests.fingerprint(document)
        # One transaction: there is never an item without its remembered answer, or the other way round,
        # and a second request with the key waits for the first.
        with store.writing() as transaction:
            answer = None if key is None else transaction.recall(version, key, fingerprint)
            if answer is None:
                item = transaction.insert(parse(version, document))
                answer = Answer(json.dumps(represent(version, item)), item.etag, f"{root}/{item.id}")
                if key is not None:
                    transaction.remember(version, key, fingerprint, answer)
        headers = {"ETag": answer.etag, "Location": answer.location}
        return Response(answer.body, 201, headers, mimetype="application/json")

    @app.get(f"{root}/<item_id>", endpoint=f"{version}.read")
    def read_item(item_id: str) -> Response:
        with store.reading() as transaction:
            item = transaction.get(item_id)
        if requests.is_unchanged(request, item):
            return Response(status=304, headers={"ETag": item.etag})
        return _answer_item(version, item)

    @app.put(f"{root}/<item_id>", endpoint=f"{version}.replace")
    def replace_item(item_id: str) -> Response:
        document = requests.read_json(request)
        with store.writing() as transaction:
            item = transaction.get(item_id)
            requests.check_if_match(request, item, required=True)
            item = transaction.update(item, parse(version, document))
        return _answer_item(version, item)

    @app.patch(f"{root}/<item_id>", endpoint=f"{version}.patch")
    def patch_item(item_id: str) -> Response:
        patch = requests.read_json(request)
        with store.writing() as transaction:
            item = transaction.get(item_id)
            requests.check_if_match(request, item, required=True)
            item = transaction.update(item, parse(version, merge_patch(represent(version, item), patch)))
        return _answer_item(version, item)

    @app.delete(f"{root}/<item_id>", endpoint=f"{version}.delete")
    def delete_item(item_id: str) -> Response:
        with store.writing() as transaction:
            item = transaction.get(item_id)
            requests.check_if_match(request, item, required=False)
            transaction.delete(item)
        return Response(status=204)


def _json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(value), status, headers, mimetype="application/json")


def _answer_item(version: str, item: Item) -> Response:
    return _json(represent(version, item), headers={"ETag": item.etag})


def _answer_problem(problem: Problem) -> Response:
    return Response(json.dumps(problem.document()), problem.status, mimetype=problems.MEDIA_TYPE)


def _answer_http_exception(error: HTTPException) -> Response:
    """Flask's own errors (404, 405, …) in our format; `Allow` and the like stay."""
    response = _answer_problem(Problem(error.code or 500, error.description or "The request failed."))
    for name, value in error.get_headers(request.environ):
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _announce_end_of_v1(response: Response) -> Response:
    if request.path == "/v1/items" or request.path.startswith("/v1/items/"):
        response.headers["Deprecation"] = DEPRECATED_SINCE
        response.headers["Sunset"] = GONE_AFTER
        successor = quote(request.path.replace("/v1/", "/v2/", 1))
        response.headers.add("Link", f'<{successor}>; rel="successor-version"')
    return response
