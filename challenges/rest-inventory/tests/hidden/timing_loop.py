"""A closed loop of one client: `size` requests, most of them reads, over items that were made before.

Ids and ETags are the service's own, so each answer is checked by itself and not against the other side's.
"""

import json
import random
from typing import Any

from takehome_pytest.timing import Request

COMMAND = ["python", "-m", "inventory"]
START_S = 30.0
ITEMS = 60
PAGE = 10
JSON = {"Content-Type": "application/json"}

Made = list[tuple[str, str]]
"""Id and ETag of each item."""


def serve(solution: Any) -> Any:
    return solution.serve(COMMAND, ready="/healthz", timeout=START_S)


def fill(service: Any, rng: random.Random, size: int) -> Made:
    """The items that are read."""
    made = []
    for _ in range(ITEMS):
        response = service.request("POST", "/v1/items", draft(rng), JSON)
        assert response.status == 201, f"an item could not be created: {response.status}"
        made.append((str(json.loads(response.body)["id"]), str(response.headers["ETag"])))
    return made


def requests(rng: random.Random, size: int, made: Made) -> list[Request]:
    """Of ten: five read an item, one finds it unchanged, two read a page, two create; in random order."""
    kinds = [read, read, read, read, read, unchanged, page, page, create, create]
    chosen = [kinds[index % len(kinds)] for index in range(size)]
    rng.shuffle(chosen)
    return [kind(rng, made) for kind in chosen]


def read(rng: random.Random, made: Made) -> Request:
    return Request("GET", f"/{rng.choice(('v1', 'v2'))}/items/{rng.choice(made)[0]}")


def unchanged(rng: random.Random, made: Made) -> Request:
    item, tag = rng.choice(made)
    return Request("GET", f"/v1/items/{item}", headers={"If-None-Match": tag})


def page(_rng: random.Random, _made: Made) -> Request:
    return Request("GET", f"/v1/items?limit={PAGE}")


def create(rng: random.Random, _made: Made) -> Request:
    return Request("POST", "/v1/items", draft(rng), JSON)


def draft(rng: random.Random) -> bytes:
    name = f"Item {rng.getrandbits(32):08x}"
    return json.dumps({"name": name, "price_cents": rng.randrange(1, 10**6), "tags": ["timed"]}).encode()


def check(request: Request, response: Any) -> None:
    """The status, and that the body is about what was asked."""
    if request.method == "POST":
        assert response.status == 201, f"status of a creation: {response.status}"
        sent, got = json.loads(request.body or b""), json.loads(response.body)
        assert {name: got[name] for name in sent} == sent, "an item is not the one that was sent"
    elif "If-None-Match" in request.headers:
        assert response.status == 304, f"status of an unchanged item: {response.status}"
    else:
        assert response.status == 200, f"status of a read: {response.status}"
        got = json.loads(response.body)
        if "?" in request.path:
            assert len({item["id"] for item in got["items"]}) == PAGE, "a page is not full"
        else:
            assert got["id"] == request.path.rpartition("/")[2], "another item than asked for"
