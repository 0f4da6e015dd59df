"""What the groups share: a served submission, and helpers that are lenient about what they are not about.

A helper takes any 2xx for success and ignores further members: statuses are for `crud` and `validation`.
"""

import contextlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import wire
from wire import Answer, NoAnswer, Request

Json = dict[str, Any]

START_S = 45.0
COMMAND = ["python", "-m", "inventory"]
JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
PROBLEM = "application/problem+json"
MEDIA_TYPES = {"POST": JSON, "PUT": JSON, "PATCH": MERGE_PATCH}
UNSET: Any = object()

CROWD = 105
"""More items than the largest page."""

RACES, RIVALS = 16, 3
"""Many small races in one volley, rivals side by side: a flaw has a chance in each of them."""


@dataclass(frozen=True)
class Created:
    """An item that the service says it has created."""

    id: str
    body: Json
    answer: Answer

    def url(self, version: str = "v1") -> str:
        return f"/{version}/items/{self.id}"


class Api:
    """One running service."""

    def __init__(self, solution: Any, rng: random.Random) -> None:
        self._solution = solution
        self._service: Any = None
        self._suspect = False
        self.rng = rng
        self.start()

    def start(self) -> None:
        self._service = self._solution.serve(COMMAND, ready="/healthz", timeout=START_S)
        self._suspect = False

    def ensure(self) -> None:
        """Start it again, over what it has stored, when it has ended or has left a request unanswered."""
        if not self._suspect:
            with contextlib.suppress(NoAnswer):
                self.send("GET", "/healthz")
        if self._suspect:
            self.crash_and_restart()

    def crash_and_restart(self) -> None:
        self._service.process.kill()
        self._service.process.wait(check=False)
        self.start()

    # -- requests ---------------------------------------------------------------------------------

    def send(self, method: str, target: str, body: Any = UNSET, **headers: str | None) -> Answer:
        with self._watched():
            return wire.send(self._service.port, make_request(method, target, body, **headers))

    def volley(self, requests: Sequence[Request]) -> list[Answer]:
        with self._watched():
            return wire.volley(self._service.port, requests)

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except NoAnswer:
            self._suspect = True
            raise

    # -- lenient helpers --------------------------------------------------------------------------

    def create(self, version: str = "v1", **members: Any) -> Created:
        answer = self.send("POST", f"/{version}/items", self.draft(version, **members))
        assert answer.ok, f"an item could not be created: {answer} {answer.body[:300]!r}"
        body = answer.members()
        return Created(str(body.get("id")), body, answer)

    def draft(self, version: str = "v1", **members: Any) -> Json:
        """A valid item: random name and price, and what is given."""
        cents = self.rng.randrange(1, 10**6)
        price = {"price_cents": cents} if version == "v1" else {"price": in_v2(cents, "EUR")}
        return {"name": f"Item {self.rng.getrandbits(32):08x}"} | price | members

    def read(self, url: str) -> Json:
        answer = self.send("GET", url)
        assert answer.ok, f"an item could not be read: {answer}"
        return answer.members()

    def etag(self, url: str) -> str:
        """The item's ETag now; `*` when it has none, which is for `conditional` to judge."""
        return self.send("GET", url).etag or "*"

    def change(self, method: str, url: str, members: Json) -> Answer:
        """A PUT or PATCH with the ETag of the item as it is now."""
        return self.send(method, url, members, if_match=self.etag(url))

    def changed(self, method: str, url: str, members: Json) -> Json:
        answer = self.change(method, url, members)
        assert answer.ok, f"an item could not be changed: {answer} {answer.body[:300]!r}"
        return self.read(url)

    def page(self, target: str) -> tuple[list[Json], str | None]:
        """The items of a page, and the target of the next one."""
        answer = self.send("GET", target)
        assert answer.ok, f"a page could not be read: {answer} {answer.body[:300]!r}"
        items = answer.members().get("items")
        assert isinstance(items, list) and all(isinstance(item, dict) for item in items), f"items of {answer}"
        links = answer.links("next")
        assert len(links) <= 1, f"{len(links)} links to a next page"
        return items, resolve(target, links[0]) if links else None

    def tagged(self, tag: str, version: str = "v1") -> list[Json]:
        """The items with a tag, where there are few: the first page."""
        return self.page(f"/{version}/items?{urlencode({'tag': tag, 'limit': 100})}")[0]

    # -- fresh names ------------------------------------------------------------------------------

    def tag(self, stem: str = "t") -> str:
        return f"{stem}-{self.rng.getrandbits(40):010x}"

    def sku(self) -> str:
        return f"SKU-{self.rng.getrandbits(48):012X}"

    def key(self) -> str:
        """An idempotency key, a quoted string as the draft has it."""
        return f'"{self.rng.getrandbits(128):032x}"'


@contextlib.contextmanager
def serving(sandbox: Any, seed: int, name: str) -> Iterator[Api]:
    """The submission's service in a scenario of its own, with random data of its own."""
    with sandbox.scenario() as solution:
        yield Api(solution, random.Random(f"{seed}:{name}"))


def make_request(method: str, target: str, body: Any = UNSET, **headers: str | None) -> Request:
    """A request; `body` is bytes, or a value sent as JSON with the method's media type. A header that is
    None is left out."""
    names: dict[str, str | None] = {name.replace("_", "-").title(): value for name, value in headers.items()}
    data = b""
    if body is not UNSET:
        names = {"Content-Type": MEDIA_TYPES.get(method, JSON), **names}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Request(method, target, data, {name: value for name, value in names.items() if value is not None})


def in_v2(cents: int, currency: str) -> Json:
    return {"amount": f"{cents // 100}.{cents % 100:02d}", "currency": currency}


def resolve(base: str, reference: str) -> str:
    """The path and query of a URL that is absolute or relative to `base`."""
    parts = urlsplit(urljoin(f"http://127.0.0.1{base}", reference))
    return parts.path + (f"?{parts.query}" if parts.query else "")


def with_query(target: str, **changes: Any) -> str:
    """The target with query parameters set, or left out where None."""
    parts = urlsplit(target)
    query = dict(parse_qsl(parts.query, keep_blank_values=True)) | changes
    return f"{parts.path}?{urlencode({name: value for name, value in query.items() if value is not None})}"


def query_of(target: str, name: str) -> str:
    value = dict(parse_qsl(urlsplit(target).query, keep_blank_values=True)).get(name)
    assert value, f"no {name} in {target}"
    return value


def assert_replay(again: Answer, first: Answer) -> None:
    assert again.status == first.status
    assert again.members() == first.members()
    assert location(again) == location(first)
    assert again.etag == first.etag


def location(answer: Answer) -> str:
    """Its path: the port is another one after a restart."""
    return resolve(answer.request.target, answer.headers.get("Location", ""))


def only(item: Json, *names: str) -> Json:
    """These members, for comparisons that ignore further ones."""
    return {name: item.get(name, "(absent)") for name in names}


MEMBERS = ("id", "sku", "name", "price_cents", "quantity", "tags")
MEMBERS_V2 = ("id", "sku", "name", "price", "quantity", "tags")
