"""The inventory service with nothing but the standard library."""

import base64
import hashlib
import hmac
import json
import os
import re
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

Json = dict[str, Any]

STATE = Path(os.environ.get("STATE_DIR", "."))
MAX_BODY = 65_536
MAX_PRICE = 1_000_000_000
MEDIA_TYPES = {"POST": "application/json", "PUT": "application/json", "PATCH": "application/merge-patch+json"}
DEPRECATION = {"Deprecation": "@1767225600", "Sunset": "Thu, 01 Jul 2027 00:00:00 GMT"}
SCHEMA = """
CREATE TABLE IF NOT EXISTS items (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    sku TEXT,
    name TEXT NOT NULL,
    price_cents INTEGER NOT NULL,
    currency TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE IF NOT EXISTS tags (
    seq INTEGER NOT NULL REFERENCES items ON DELETE CASCADE,
    tag TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (tag, seq)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tags_of_item ON tags (seq);
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY,
    payload TEXT NOT NULL,
    answer TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL);
"""


class Problem(Exception):
    def __init__(
        self, status: int, detail: str, *, errors: list[Json] | None = None, headers: Any = ()
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.headers = dict(headers)
        self.body: Json = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
        self.body["detail"] = detail
        if errors is not None:
            self.body["errors"] = errors


# -- database -----------------------------------------------------------------------------------------


def connect() -> sqlite3.Connection:
    db = sqlite3.connect(STATE / "inventory.db", timeout=60, isolation_level=None)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA foreign_keys = ON")
    return db


@contextmanager
def transaction() -> Iterator[sqlite3.Connection]:
    """Reads and writes of one request; the write lock is taken first, so nothing read is out of date."""
    with closing(connect()) as db:
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")


def prepare() -> None:
    STATE.mkdir(parents=True, exist_ok=True)
    with closing(connect()) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(SCHEMA)
        db.execute("INSERT OR IGNORE INTO secrets VALUES ('cursor', ?)", (os.urandom(32),))


def load(db: sqlite3.Connection, item_id: str) -> Json:
    row = db.execute("SELECT * FROM items WHERE id = ?", (item_id,)).fetchone()
    if row is None:
        raise Problem(404, "There is no such item.")
    return with_tags(db, row)


def with_tags(db: sqlite3.Connection, row: sqlite3.Row) -> Json:
    tags = db.execute("SELECT tag FROM tags WHERE seq = ? ORDER BY position", (row["seq"],))
    return {**row, "tags": [tag["tag"] for tag in tags]}


def store_tags(db: sqlite3.Connection, seq: int, tags: list[str]) -> None:
    db.execute("DELETE FROM tags WHERE seq = ?", (seq,))
    db.executemany("INSERT INTO tags VALUES (?, ?, ?)", [(seq, tag, n) for n, tag in enumerate(tags)])


def insert(db: sqlite3.Connection, fields: Json) -> Json:
    new = {"currency": "EUR", **fields, "id": uuid.uuid4().hex}
    sql = (
        "INSERT INTO items (id, sku, name, price_cents, currency, quantity)"
        " VALUES (:id, :sku, :name, :price_cents, :currency, :quantity) RETURNING seq"
    )
    (row,) = db.execute(sql, new).fetchall()
    store_tags(db, row["seq"], fields["tags"])
    return load(db, new["id"])


def check_sku(sku: str | None, item_id: str = "") -> None:
    with closing(connect()) as db:
        sql = "SELECT 1 FROM items WHERE sku = ? AND id != ?"
        if db.execute(sql, (sku, item_id)).fetchone():
            raise Problem(409, "Another item has this sku.")


def update(db: sqlite3.Connection, item: Json, fields: Json) -> Json:
    sql = (
        "UPDATE items SET sku = :sku, name = :name, price_cents = :price_cents, currency = :currency,"
        " quantity = :quantity, revision = revision + 1 WHERE seq = :seq"
    )
    db.execute(sql, item | fields)
    store_tags(db, item["seq"], fields["tags"])
    return load(db, item["id"])


# -- representations and validation -------------------------------------------------------------------


def represent(version: str, item: Json) -> Json:
    if version == "v1":
        price: Json = {"price_cents": item["price_cents"]}
    else:
        amount = f"{item['price_cents'] // 100}.{item['price_cents'] % 100:02d}"
        price = {"price": {"amount": amount, "currency": item["currency"]}}
    return (
        {name: item[name] for name in ("id", "sku", "name")}
        | price
        | {name: item[name] for name in ("quantity", "tags")}
    )


def etag(item: Json) -> str:
    return f'"{item["revision"]}"'


def is_integer(value: Any, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def is_text(value: Any, pattern: str) -> bool:
    return isinstance(value, str) and re.fullmatch(pattern, value, re.DOTALL) is not None


def validate(version: str, document: Any) -> Json:
    """The columns that a document stands for. Raises Problem 422 with everything that is wrong."""
    if not isinstance(document, dict):
        raise Problem(422, "An item is a JSON object.", errors=[{"pointer": "", "detail": "not an object"}])
    errors: list[Json] = []

    def check(fine: bool, pointer: str, detail: str) -> None:
        if not fine:
            errors.append({"pointer": pointer, "detail": detail})

    price = "price_cents" if version == "v1" else "price"
    for unknown in document.keys() - {"id", "sku", "name", price, "quantity", "tags"}:
        check(False, "/" + unknown.replace("~", "~0").replace("/", "~1"), "is no member of an item")
    name = document.get("name")
    check(is_text(name, "[^\ud800-\udfff]{1,200}"), "/name", "1 to 200 characters are required")
    sku = document.get("sku")
    check(sku is None or is_text(sku, "[A-Z0-9][A-Z0-9-]{0,39}"), "/sku", "1 to 40 of A-Z, 0-9 and -")
    quantity = document.get("quantity", 0)
    check(is_integer(quantity, 1_000_000), "/quantity", "an integer from 0 to 1000000")
    tags = document.get("tags", [])
    fine = isinstance(tags, list) and all(is_text(tag, "[a-z0-9-]{1,30}") for tag in tags)
    check(fine and len(tags) <= 10 and len(set(tags)) == len(tags), "/tags", "up to 10 different tags")
    fields: Json = {"sku": sku, "name": name, "quantity": quantity, "tags": tags}
    if version == "v1":
        cents = document.get("price_cents")
        check(is_integer(cents, MAX_PRICE), "/price_cents", f"an integer from 0 to {MAX_PRICE} is required")
        fields["price_cents"] = cents
    else:
        fields |= validate_price(document.get("price"), check)
    if errors:
        raise Problem(422, "The item is not valid.", errors=errors)
    return fields


def validate_price(price: Any, check: Any) -> Json:
    if not isinstance(price, dict):
        check(False, "/price", "an object with amount and currency is required")
        return {}
    amount, currency = price.get("amount"), price.get("currency")
    check(price.keys() <= {"amount", "currency"}, "/price", "has members that a price does not have")
    check(is_text(currency, "[A-Z]{3}"), "/price/currency", "three letters A-Z are required")
    if not is_text(amount, r"(0|[1-9][0-9]{0,7})\.[0-9]{2}") or int(amount.replace(".", "")) > MAX_PRICE:
        check(False, "/price/amount", 'a string from "0.00" to "10000000.00" is required')
        return {}
    return {"price_cents": int(amount.replace(".", "")), "currency": currency}


def merge(target: Any, patch: Any) -> Any:
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged


# -- cursors ------------------------------------------------------------------------------------------


def sign(db: sqlite3.Connection, data: bytes) -> bytes:
    (secret,) = db.execute("SELECT value FROM secrets WHERE name = 'cursor'").fetchone()
    return hmac.digest(secret, data, "sha256")[:15]


def make_cursor(db: sqlite3.Connection, seq: int, tag: str | None) -> str:
    data = json.dumps([seq, tag]).encode()
    return base64.urlsafe_b64encode(sign(db, data) + data).decode().rstrip("=")


def read_cursor(db: sqlite3.Connection, cursor: str, tag: str | None) -> int:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        if base64.urlsafe_b64encode(raw).decode().rstrip("=") != cursor:
            raise ValueError("not as it was issued")
        if not hmac.compare_digest(sign(db, raw[15:]), raw[:15]):
            raise ValueError("not signed by us")
        seq, issued_for = json.loads(raw[15:])
    except ValueError:
        raise Problem(400, "The cursor was not issued by this service.") from None
    if issued_for != tag:
        raise Problem(400, "The cursor was issued for another filter.")
    return int(seq)


# -- HTTP ---------------------------------------------------------------------------------------------


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def handle_any(self) -> None:
        self.body_read = False
        self.extra: Json = {}
        try:
            self.route()
        except Problem as problem:
            self.answer(problem.status, problem.body, problem.headers, "application/problem+json")

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_any

    def route(self) -> None:
        url = urlsplit(self.path)
        self.query = {name: values[-1] for name, values in parse_qs(url.query, True).items()}
        match url.path.split("/")[1:]:
            case ["healthz"]:
                self.answer(200, {"status": "ok"})
            case ["openapi.json"]:
                self.answer(200, DOCUMENT)
            case ["v1" | "v2" as version, "items", *rest] if len(rest) < 2:
                if version == "v1":
                    self.extra = {
                        **DEPRECATION,
                        "Link": f'<{self.path.replace("v1", "v2", 1)}>; rel="successor-version"',
                    }
                methods = {"GET": self.read, "HEAD": self.read, "PUT": self.change, "PATCH": self.change}
                methods |= {"DELETE": self.delete}
                if not rest:
                    methods = {"GET": self.index, "HEAD": self.index, "POST": self.create}
                if self.command not in methods:
                    allow = {"Allow": ", ".join(methods)}
                    raise Problem(405, f"{self.command} is not possible here.", headers=allow)
                methods[self.command](version, *rest)
            case _:
                raise Problem(404, "There is no such path.")

    def document(self) -> Any:
        """The request's body. Raises Problem 400, 413 or 415."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY:
            raise Problem(413, f"A body has {MAX_BODY} bytes at most.")
        data = self.rfile.read(length)
        self.body_read = True
        if self.headers.get("Content-Type", "").split(";")[0].strip().lower() != MEDIA_TYPES[self.command]:
            raise Problem(415, f"The body must be {MEDIA_TYPES[self.command]}.")
        try:
            return json.loads(data.decode("utf-8"))
        except (ValueError, RecursionError):
            raise Problem(400, "The body is not JSON.") from None

    def matches(self, header: str, item: Json) -> bool:
        wanted = [tag.strip() for tag in self.headers[header].split(",")]
        if header == "If-None-Match":
            wanted = [tag.removeprefix("W/") for tag in wanted]
        return "*" in wanted or etag(item) in wanted

    def check_if_match(self, item: Json, *, needed: bool) -> None:
        if self.headers["If-Match"] is not None:
            if not self.matches("If-Match", item):
                raise Problem(412, "The item has changed.")
        elif needed:
            raise Problem(428, "A change needs If-Match.")

    def index(self, version: str) -> None:
        limit = self.query.get("limit", "20")
        if not re.fullmatch("[0-9]{1,1000}", limit) or int(limit) == 0:
            raise Problem(400, "limit is a positive integer.")
        size = min(int(limit), 100)
        tag = self.query.get("tag")
        with closing(connect()) as db:
            after = read_cursor(db, self.query["cursor"], tag) if "cursor" in self.query else 0
            where, values = ("", []) if tag is None else ("JOIN tags USING (seq) WHERE tag = ? AND", [tag])
            sql = f"SELECT items.* FROM items {where or 'WHERE'}"
            sql += " items.seq > ? ORDER BY items.seq LIMIT ?"
            rows = db.execute(sql, [*values, after, size + 1]).fetchall()
            items = [with_tags(db, row) for row in rows[:size]]
            headers = {}
            if len(rows) > size:
                following = {"limit": size, "cursor": make_cursor(db, items[-1]["seq"], tag)}
                following |= {} if tag is None else {"tag": tag}
                headers["Link"] = f'</{version}/items?{urlencode(following)}>; rel="next"'
        self.answer(200, {"items": [represent(version, item) for item in items]}, headers)

    def create(self, version: str) -> None:
        document = self.document()
        key = self.headers["Idempotency-Key"]
        payload = hashlib.sha256(json.dumps([version, document], sort_keys=True).encode()).hexdigest()
        if isinstance(document, dict) and isinstance(document.get("sku"), str) and key is None:
            check_sku(document["sku"])
        with transaction() as db:
            if key is not None:
                known = db.execute("SELECT * FROM answers WHERE key = ?", (key,)).fetchone()
                if known is not None:
                    if known["payload"] != payload:
                        raise Problem(422, "The key was used with another payload.")
                    self.answer(201, *json.loads(known["answer"]))
                    return
            item = insert(db, validate(version, document))
            headers = {"ETag": etag(item), "Location": f"/{version}/items/{item['id']}"}
            answer = (represent(version, item), headers)
            if key is not None:
                db.execute("INSERT INTO answers VALUES (?, ?, ?)", (key, payload, json.dumps(answer)))
        self.answer(201, *answer)

    def read(self, version: str, item_id: str) -> None:
        with closing(connect()) as db:
            item = load(db, item_id)
        if self.headers["If-None-Match"] is not None and self.matches("If-None-Match", item):
            self.answer(304, None, {"ETag": etag(item)})
        else:
            self.answer(200, represent(version, item), {"ETag": etag(item)})

    def change(self, version: str, item_id: str) -> None:
        document = self.document()
        if isinstance(document, dict) and isinstance(document.get("sku"), str):
            check_sku(document["sku"], item_id)
        with transaction() as db:
            item = load(db, item_id)
            self.check_if_match(item, needed=True)
            if self.command == "PATCH":
                document = merge(represent(version, item), document)
            item = update(db, item, validate(version, document))
        self.answer(200, represent(version, item), {"ETag": etag(item)})

    def delete(self, version: str, item_id: str) -> None:
        with transaction() as db:
            item = load(db, item_id)
            self.check_if_match(item, needed=False)
            db.execute("DELETE FROM items WHERE seq = ?", (item["seq"],))
        self.answer(204, None)

    def answer(
        self, status: int, body: Any, headers: Json | None = None, media_type: str = "application/json"
    ) -> None:
        data = b"" if body is None else json.dumps(body).encode()
        if not self.body_read and int(self.headers.get("Content-Length") or 0):
            self.close_connection = True
            self.rfile.read(min(int(self.headers["Content-Length"]), 1 << 20))
        self.send_response(status)
        for name, value in [*self.extra.items(), *(headers or {}).items()]:
            self.send_header(name, value)
        if body is not None:
            self.send_header("Content-Type", media_type)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(data)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


# -- documentation ------------------------------------------------------------------------------------


def describe() -> Json:
    paths: Json = {}
    for version, schema in (("v1", "ItemV1"), ("v2", "ItemV2")):
        item = {"$ref": f"#/components/schemas/{schema}"}
        page = {"type": "object", "properties": {"items": {"type": "array", "items": item}}}

        def operation(
            summary: str, *statuses: int, body: str = "", result: Any = item, query: Any = ()
        ) -> Json:
            responses: Json = {"4XX": {"$ref": "#/components/responses/Problem"}}
            for status in statuses:
                responses[str(status)] = {"description": HTTPStatus(status).phrase}
                if status in (200, 201):
                    responses[str(status)]["content"] = {"application/json": {"schema": result}}
            described: Json = {"summary": summary, "responses": responses, "parameters": list(query)}
            if body:
                content = {"application/merge-patch+json": {"schema": {"type": "object"}}}
                if body == "item":
                    content = {"application/json": {"schema": item}}
                described["requestBody"] = {"required": True, "content": content}
            return described

        def parameter(name: str, place: str, kind: str = "string") -> Json:
            return {"name": name, "in": place, "required": place == "path", "schema": {"type": kind}}

        if_match = [parameter("If-Match", "header")]
        filters = [
            parameter("limit", "query", "integer"),
            parameter("cursor", "query"),
            parameter("tag", "query"),
        ]
        paths[f"/{version}/items"] = {
            "get": operation("A page of items", 200, result=page, query=filters),
            "post": operation(
                "Create an item", 201, body="item", query=[parameter("Idempotency-Key", "header")]
            ),
        }
        paths[f"/{version}/items/{{id}}"] = {
            "parameters": [parameter("id", "path")],
            "get": operation("Read an item", 200, 304, query=[parameter("If-None-Match", "header")]),
            "put": operation("Replace an item", 200, body="item", query=if_match),
            "patch": operation("Change an item", 200, body="patch", query=if_match),
            "delete": operation("Delete an item", 204, query=if_match),
        }
    text, integer = {"type": "string"}, {"type": "integer", "minimum": 0}
    price = {"type": "object", "properties": {"amount": text, "currency": text}}
    common = {
        "id": {"type": "string", "readOnly": True},
        "sku": {"type": ["string", "null"]},
        "name": text,
        "quantity": integer,
        "tags": {"type": "array", "items": text},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Inventory", "version": "2"},
        "paths": paths,
        "components": {
            "schemas": {
                "ItemV1": {"type": "object", "properties": common | {"price_cents": integer}},
                "ItemV2": {"type": "object", "properties": common | {"price": price}},
            },
            "responses": {
                "Problem": {
                    "description": "What was wrong, as in RFC 9457",
                    "content": {"application/problem+json": {"schema": {"type": "object"}}},
                }
            },
        },
    }


DOCUMENT = describe()


if __name__ == "__main__":
    prepare()
    Server(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
