"""Tables, and sessions that take SQLite's write lock when they begin."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import JSON, ForeignKey, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

_path = Path(os.environ.get("STATE_DIR", ".")) / "inventory.db"
engine = create_engine(
    f"sqlite:///{_path}",
    connect_args={"timeout": 60, "check_same_thread": False},
    pool_size=10,
    max_overflow=40,
    pool_timeout=60,
)


@event.listens_for(engine, "connect")
def _configure(connection, _) -> None:
    connection.isolation_level = None  # BEGIN is ours
    connection.execute("PRAGMA foreign_keys = ON")


@event.listens_for(engine, "begin")
def _begin(connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Base(DeclarativeBase):
    pass


class Tag(Base):
    __tablename__ = "tag"

    name: Mapped[str] = mapped_column(primary_key=True)
    item_number: Mapped[int] = mapped_column(ForeignKey("item.number", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int]


class Item(Base):
    __tablename__ = "item"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(default=1)
    sku: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    price_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(default="EUR")
    quantity: Mapped[int]
    tag_rows: Mapped[list[Tag]] = relationship(
        order_by=Tag.place, cascade="all, delete-orphan", passive_deletes=True, lazy="selectin"
    )

    # Counted by the application, as tags are rows of their own; compared by SQLAlchemy in each UPDATE.
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012

    @property
    def tags(self) -> list[str]:
        return [row.name for row in self.tag_rows]

    @tags.setter
    def tags(self, names: list[str]) -> None:
        old = {row.name: row for row in self.tag_rows}
        self.tag_rows = [old.get(name) or Tag(name=name) for name in names]
        for place, row in enumerate(self.tag_rows):
            row.place = place

    @property
    def etag(self) -> str:
        return f'"{self.id[:8]}.{self.version}"'


class Creation(Base):
    """The first answer under an idempotency key."""

    __tablename__ = "creation"

    key: Mapped[str] = mapped_column(primary_key=True)
    payload: Mapped[str]
    body: Mapped[dict] = mapped_column(JSON)
    headers: Mapped[dict] = mapped_column(JSON)


class Setting(Base):
    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


@contextmanager
def reading() -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def writing() -> Iterator[Session]:
    with Session(engine.execution_options(writes=True), expire_on_commit=False) as session, session.begin():
        yield session


def prepare() -> bytes:
    """Create the tables; returns the secret that cursors are signed with."""
    Base.metadata.create_all(engine)
    with writing() as session:
        setting = session.get(Setting, "cursor key")
        if setting is None:
            setting = Setting(name="cursor key", value=secrets.token_hex(32))
            session.add(setting)
        return bytes.fromhex(setting.value)
