"""Items, remembered answers and the cursor secret, in one SQLite file.

A transaction that writes takes the write lock at its start (BEGIN IMMEDIATE): what it reads cannot change
before it commits, so a precondition that was checked in it still holds when the change is made.
"""

import json
import secrets
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from inventory.items import Fields, Item
from inventory.problems import Problem

_LOCK_WAIT_S = 60
_SCHEMA = """
CREATE TABLE IF NOT EXISTS item (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    revision INTEGER NOT NULL,
    sku TEXT UNIQUE,
    name TEXT NOT NULL,
    price_cents INTEGER NOT NULL CHECK (price_cents >= 0),
    currency TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity >= 0),
    tags TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS item_tag (
    tag TEXT NOT NULL,
    position INTEGER NOT NULL REFERENCES item ON DELETE CASCADE,
    PRIMARY KEY (tag, position)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS item_tag_position ON item_tag (position);
CREATE TABLE IF NOT EXISTS remembered (
    scope TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (scope, idempotency_key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS secret (name TEXT PRIMARY KEY, value BLOB NOT NULL);
"""


@dataclass(frozen=True)
class Answer:
    """The answer to a creation, as it is sent and remembered."""

    body: str
    etag: str
    location: str


class Store:
    def __init__(self, path: Path) -> None:
        self._path = path

    def prepare(self) -> None:
        """Create what is not there yet."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._connect()) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(_SCHEMA)
            db.execute("INSERT OR IGNORE INTO secret VALUES ('cursor', ?)", (secrets.token_bytes(32),))

    @contextmanager
    def reading(self) -> Iterator["Transaction"]:
        """One consistent state."""
        with self._transaction("BEGIN") as transaction:
            yield transaction

    @contextmanager
    def writing(self) -> Iterator["Transaction"]:
        """Alone: no other write happens meanwhile. Committed unless an exception leaves the block."""
        with self._transaction("BEGIN IMMEDIATE") as transaction:
            yield transaction

    @contextmanager
    def _transaction(self, begin: str) -> Iterator["Transaction"]:
        with closing(self._connect()) as db:
            db.execute(begin)
            try:
                yield Transaction(db)
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=_LOCK_WAIT_S, isolation_level=None)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA foreign_keys = ON")
        return db


class Transaction:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def get(self, item_id: str) -> Item:
        """Raises Problem 404."""
        row = self._db.execute("SELECT * FROM item WHERE id = ?", (item_id,)).fetchone()
        if row is None:
            raise Problem(404, "There is no such item.")
        return _item(row)

    def after(self, position: int, tag: str | None, count: int) -> list[Item]:
        """Up to `count` items that follow a position, of those with a tag unless it is None."""
        if tag is None:
            sql = "SELECT * FROM item WHERE position > ? ORDER BY position LIMIT ?"
            rows = self._db.execute(sql, (position, count))
        else:
            sql = (
                "SELECT item.* FROM item_tag JOIN item USING (position)"
                " WHERE tag = ? AND item_tag.position > ? ORDER BY item_tag.position LIMIT ?"
            )
            rows = self._db.execute(sql, (tag, position, count))
        return [_item(row) for row in rows]

    def insert(self, fields: Fields) -> Item:
        """Raises Problem 409."""
        # Position 0: the row gets its own from SQLite.
        item = Item(position=0, id=uuid.uuid4().hex, revision=1, **fields)
        sql = (
            "INSERT INTO item (id, revision, sku, name, price_cents, currency, quantity, tags)"
            " VALUES (:id, :revision, :sku, :name, :price_cents, :currency, :quantity, :tags)"
        )
        self._write(sql, item)
        return self._with_tags(item)

    def update(self, item: Item, fields: Fields) -> Item:
        """The item with these fields, and a new revision. Raises Problem 409."""
        changed = Item(**asdict(item) | fields | {"revision": item.revision + 1})
        sql = (
            "UPDATE item SET revision = :revision, sku = :sku, name = :name, price_cents = :price_cents,"
            " currency = :currency, quantity = :quantity, tags = :tags WHERE id = :id"
        )
        self._write(sql, changed)
        return self._with_tags(changed)

    def delete(self, item: Item) -> None:
        self._db.execute("DELETE FROM item WHERE id = ?", (item.id,))

    def recall(self, scope: str, key: str, fingerprint: str) -> Answer | None:
        """The answer that was remembered. Raises Problem 422 when it was to another payload."""
        sql = "SELECT * FROM remembered WHERE scope = ? AND idempotency_key = ?"
        row = self._db.execute(sql, (scope, key)).fetchone()
        if row is None:
            return None
        if row["fingerprint"] != fingerprint:
            raise Problem(422, "This Idempotency-Key was used with another payload.")
        return Answer(**json.loads(row["answer"]))

    def remember(self, scope: str, key: str, fingerprint: str, answer: Answer) -> None:
        values = (scope, key, fingerprint, json.dumps(asdict(answer)))
        self._db.execute("INSERT INTO remembered VALUES (?, ?, ?, ?)", values)

    def cursor_secret(self) -> bytes:
        row = self._db.execute("SELECT value FROM secret WHERE name = 'cursor'").fetchone()
        return bytes(row["value"])

    def _write(self, sql: str, item: Item) -> None:
        try:
            self._db.execute(sql, asdict(item) | {"tags": json.dumps(item.tags)})
        except sqlite3.IntegrityError as error:
            raise Problem(409, f"Another item has the sku {item.sku}.") from error

    def _with_tags(self, item: Item) -> Item:
        """Bring the index of tags up to date; returns the item as stored."""
        stored = self.get(item.id)
        self._db.execute("DELETE FROM item_tag WHERE position = ?", (stored.position,))
        rows = [(tag, stored.position) for tag in stored.tags]
        self._db.executemany("INSERT INTO item_tag VALUES (?, ?)", rows)
        return stored


def _item(row: sqlite3.Row) -> Item:
    return Item(**dict(row) | {"tags": json.loads(row["tags"])})
