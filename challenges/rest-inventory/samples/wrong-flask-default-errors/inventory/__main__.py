"""The inventory service: Flask, and one SQLite connection behind a lock."""

import hashlib
import json
import logging
import os
import re
import secrets
import sqlite3
import threading
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, g, request
from werkzeug.serving import run_simple

Json = dict[str, Any]

app = Flask(__name__)
lock = threading.RLock()
db: sqlite3.Connection

SCHEMA = """
PRAGMA journal_mode = DELETE;
PRAGMA foreign_keys = ON;
CREATE TABLE IF NOT EXISTS items (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, sku TEXT UNIQUE, data TEXT
);
CREATE TABLE IF NOT EXISTS tags (
    number INTEGER REFERENCES items (number) ON DELETE CASCADE, tag TEXT, UNIQUE (tag, number)
);
CREATE TABLE IF NOT EXISTS cursors (token TEXT PRIMARY KEY, root TEXT, tag TEXT, number INTEGER);
CREATE TABLE IF NOT EXISTS creations (key TEXT PRIMARY KEY, payload TEXT, answer TEXT);
DELETE FROM creations WHERE answer IS NULL;
"""
WHOLE_ITEM = "SELECT data FROM items WHERE id = ?"


class Problem(Exception):
    def __init__(self, status: int, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.body = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}


@app.errorhandler(Problem)
def on_problem(problem: Problem) -> tuple[Json, int]:
    return {"error": problem.body["detail"]}, problem.body["status"]


@app.after_request
def announce(response: Response) -> Response:
    if re.match("/v1/items(/|$)", request.path):
        response.headers["Deprecation"] = "@1767225600"
        response.headers["Sunset"] = "Thu, 01 Jul 2027 00:00:00 GMT"
        links = [*response.headers.getlist("Link"), '</v2/items>; rel="successor-version"']
        response.headers["Link"] = ", ".join(links)
    return response


def body() -> Any:
    if (request.content_length or 0) > 65_536:
        raise Problem(413, "too long")
    wanted = "application/merge-patch+json" if request.method == "PATCH" else "application/json"
    if request.mimetype != wanted:
        raise Problem(415, f"expected {wanted}")
    return json.loads(request.get_data())


def show(item: Json) -> Json:
    shown = {name: item[name] for name in ("id", "sku", "name", "quantity", "tags")}
    cents = item["price_cents"]
    if g.version == "v1":
        return shown | {"price_cents": cents}
    return shown | {"price": {"amount": f"{cents // 100}.{cents % 100:02}", "currency": item["currency"]}}


def etag(item: Json) -> str:
    return '"' + hashlib.sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()[:24] + '"'


def answer(item: Json, status: int = 200) -> Response:
    return Response(json.dumps(show(item)), status, {"ETag": etag(item)}, content_type="application/json")


def whole(least: int, most: int) -> Any:
    return lambda value: type(value) is int and least <= value <= most


def text(pattern: str) -> Any:
    compiled = re.compile(pattern, re.DOTALL)
    return lambda value: isinstance(value, str) and bool(compiled.fullmatch(value))


def tag_list(value: Any) -> bool:
    fine = isinstance(value, list) and len(value) <= 10 and all(map(text("[a-z0-9-]{1,30}"), value))
    return fine and len(set(value)) == len(value)


def amount(value: Any) -> bool:
    return text(r"(0|[1-9]\d{0,7})\.\d\d")(value) and value.isascii() and int(value.replace(".", "")) <= 10**9


RULES: Json = {
    "sku": lambda value: value is None or text("[A-Z0-9][A-Z0-9-]{0,39}")(value),
    "name": text("[^\ud800-\udfff]{1,200}"),
    "quantity": whole(0, 1_000_000),
    "tags": tag_list,
}
PRICES: Json = {
    "v1": {"price_cents": whole(0, 10**9)},
    "v2": {"amount": amount, "currency": text("[A-Z]{3}")},
}
DEFAULTS: Json = {"sku": None, "quantity": 0, "tags": []}


def parse(document: Any) -> Json:
    if not isinstance(document, dict):
        raise Problem(422, "no object", errors=[{"pointer": "", "detail": "not an object"}])
    given = DEFAULTS | {name: value for name, value in document.items() if name != "id"}
    rules, below = dict(RULES), {}
    wrong = []
    if g.version == "v1":
        rules |= PRICES["v1"]
    else:
        below = given.pop("price", None)
        if not isinstance(below, dict):
            wrong, below = ["/price"], {"amount": "0.00", "currency": "XXX"}
    for prefix, values, checks in (("/", given, rules), ("/price/", below, PRICES["v2"] if below else {})):
        wrong += [prefix + name for name in values.keys() - checks.keys()]
        wrong += [prefix + name for name, fine in checks.items() if not fine(values.get(name))]
    if g.version == "v2" and below == {}:
        wrong.append("/price")
    if wrong:
        errors = [{"pointer": pointer, "detail": "is missing, wrong or unknown"} for pointer in wrong]
        raise Problem(422, "the item is not valid", errors=errors)
    if below:
        given |= {"price_cents": int(below["amount"].replace(".", "")), "currency": below["currency"]}
    return given


def merged(old: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    old = old if isinstance(old, dict) else {}
    kept = {name: value for name, value in old.items() if name not in patch}
    return kept | {name: merged(old.get(name), new) for name, new in patch.items() if new is not None}


def find(item_id: str) -> Json:
    row = db.execute(WHOLE_ITEM, (item_id,)).fetchone()
    if row is None:
        raise Problem(404, "no such item")
    return json.loads(row[0])


def save(item: Json) -> None:
    """Insert or update, within the caller's transaction."""
    values = {"id": item["id"], "sku": item["sku"], "data": json.dumps(item)}
    try:
        db.execute("INSERT OR IGNORE INTO items (id) VALUES (:id)", values)
        db.execute("UPDATE items SET sku = :sku, data = :data WHERE id = :id", values)
    except sqlite3.IntegrityError:
        raise Problem(409, "the sku is taken") from None
    (number,) = db.execute("SELECT number FROM items WHERE id = :id", values).fetchone()
    db.execute("DELETE FROM tags WHERE number = ?", (number,))
    db.executemany("INSERT INTO tags VALUES (?, ?)", [(number, tag) for tag in item["tags"]])


def check_if_match(item: Json, needed: bool) -> None:
    wanted = request.headers.get("If-Match")
    if wanted is None and needed:
        raise Problem(428, "If-Match is needed")
    if wanted not in (None, "*") and etag(item) not in re.split(r"\s*,\s*", wanted.strip()):
        raise Problem(412, "the item has changed")


@app.get("/healthz")
def healthz() -> Json:
    return {"ok": True}


@app.url_value_preprocessor
def set_version(_: str | None, values: Json | None) -> None:
    if values:
        g.version = values.pop("version", "v2")


@app.get("/<any(v1, v2):version>/items")
def index() -> Response:
    size, tag, token = request.args.get("limit", "20"), request.args.get("tag"), request.args.get("cursor")
    if not re.fullmatch("[0-9]{1,400}", size) or int(size) < 1:
        raise Problem(400, "limit must be a positive integer")
    limit, after = min(int(size), 100), 0
    with lock, db:
        if token is not None:
            sql = "SELECT number FROM cursors WHERE token = ? AND root = ? AND tag IS ?"
            row = db.execute(sql, (token, g.version, tag)).fetchone()
            if row is None:
                raise Problem(400, "the cursor is unknown, or was for another filter")
            after = row[0]
        sql = "SELECT number, data FROM items WHERE number > ? "
        sql += "" if tag is None else "AND number IN (SELECT number FROM tags WHERE tag = ?) "
        values = [after, limit + 1] if tag is None else [after, tag, limit + 1]
        rows = db.execute(sql + "ORDER BY number LIMIT ?", values).fetchall()
        response = Response(json.dumps({"items": [show(json.loads(row[1])) for row in rows[:limit]]}))
        response.content_type = "application/json"
        if len(rows) > limit:
            token = secrets.token_urlsafe(18)
            db.execute("INSERT INTO cursors VALUES (?, ?, ?, ?)", (token, g.version, tag, rows[limit - 1][0]))
            query = {"cursor": token, "limit": limit} | ({"tag": tag} if tag is not None else {})
            response.headers["Link"] = f"<{request.base_url}?{urlencode(query)}>; rel=next"
    return response


def created(item: Json) -> Response:
    response = answer(item, 201)
    response.headers["Location"] = f"{request.base_url}/{item['id']}"
    return response


@app.post("/<any(v1, v2):version>/items")
def create() -> Response:
    document = body()
    key = request.headers.get("Idempotency-Key")
    payload = f"{g.version} {json.dumps(document, sort_keys=True)}"
    if key is not None:
        with lock, db:
            taken = db.execute("SELECT payload, answer FROM creations WHERE key = ?", (key,)).fetchone()
            if taken is None:
                db.execute("INSERT INTO creations VALUES (?, ?, NULL)", (key, payload))
        if taken is not None:
            if taken[0] != payload:
                raise Problem(422, "the key was used for something else")
            if taken[1] is None:
                raise Problem(409, "the first request with this key is still running")
            return created(json.loads(taken[1]))
    try:
        item = {"currency": "EUR"} | parse(document) | {"id": secrets.token_urlsafe(12)}
        with lock, db:
            save(item)
            db.execute("UPDATE creations SET answer = ? WHERE key = ?", (json.dumps(item), key))
    except Problem:
        with lock, db:
            db.execute("DELETE FROM creations WHERE key = ?", (key,))
        raise
    return created(item)


@app.get("/<any(v1, v2):version>/items/<item_id>")
def read(item_id: str) -> Response:
    with lock:
        item = find(item_id)
    wanted = [tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")]
    if "*" in wanted or etag(item) in wanted:
        return Response(status=304, headers={"ETag": etag(item)})
    return answer(item)


@app.route("/<any(v1, v2):version>/items/<item_id>", methods=["PUT", "PATCH"])
def change(item_id: str) -> Response:
    document = body()
    with lock, db:
        item = find(item_id)
        check_if_match(item, needed=True)
        if request.method == "PATCH":
            document = merged(show(item), document)
        item |= parse(document)
        save(item)
    return answer(item)


@app.delete("/<any(v1, v2):version>/items/<item_id>")
def delete(item_id: str) -> Response:
    with lock, db:
        check_if_match(find(item_id), needed=False)
        db.execute("DELETE FROM items WHERE id = ?", (item_id,))
    return Response(status=204)


@app.get("/openapi.json")
def openapi() -> Json:
    statuses = {"get": "200 304", "post": "201", "put": "200", "patch": "200", "delete": "204"}
    paths: Json = {}
    for version in ("v1", "v2"):
        for path, methods in (("items", "get post"), ("items/{item_id}", "get put patch delete")):
            item = paths[f"/{version}/{path}"] = {}
            for method in methods.split():
                responses = {status: {"description": "success"} for status in statuses[method].split()}
                responses["default"] = {
                    "description": "a problem",
                    "content": {"application/problem+json": {}},
                }
                item[method] = {"responses": responses}
                if "{" in path:
                    parameter = {
                        "name": "item_id",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string"},
                    }
                    item[method]["parameters"] = [parameter]
                if method in ("post", "put", "patch"):
                    kind = "application/merge-patch+json" if method == "patch" else "application/json"
                    item[method]["requestBody"] = {"content": {kind: {"schema": {"type": "object"}}}}
    return {"openapi": "3.0.3", "info": {"title": "Inventory", "version": "2"}, "paths": paths}


if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    db = sqlite3.connect(Path(os.environ["STATE_DIR"]) / "items.sqlite", check_same_thread=False)
    db.executescript(SCHEMA)
    run_simple("127.0.0.1", int(os.environ["PORT"]), app, threaded=True)
