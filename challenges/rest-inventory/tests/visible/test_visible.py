"""About a fifth of what is graded: one easy case of most groups.

    python -m pytest tests

`sandbox` runs your submission in a process of its own; the tests talk to it over HTTP. Nothing of your
code is imported here.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

Send = Callable[..., Any]
MEDIA_TYPES = {"POST": "application/json", "PUT": "application/json", "PATCH": "application/merge-patch+json"}


@pytest.fixture(scope="module")
def send(sandbox) -> Iterator[Send]:
    """`send(method, path, value, header_name=…)` gives (status, headers, body)."""
    with sandbox.scenario() as solution:
        service = solution.serve(["python", "-m", "inventory"], ready="/healthz", timeout=30)

        def request(method: str, path: str, value: Any = None, **headers: str) -> Any:
            names = {name.replace("_", "-"): text for name, text in headers.items()}
            if value is None:
                return service.request(method, path, headers=names)
            return service.request(
                method, path, json.dumps(value), {"Content-Type": MEDIA_TYPES[method], **names}
            )

        yield request


def created(send: Send, **members: Any) -> tuple[str, str]:
    """The path and the ETag of a new item."""
    answer = send("POST", "/v1/items", {"name": "Lamp", "price_cents": 1999} | members)
    assert 200 <= answer.status < 300, answer.body
    return f"/v1/items/{json.loads(answer.body)['id']}", answer.headers["ETag"]


@pytest.mark.group("crud")
def test_an_item_is_created_read_and_deleted(send: Send) -> None:
    answer = send("POST", "/v1/items", {"name": "Lamp", "price_cents": 1999, "tags": ["light"]})
    assert answer.status == 201
    assert urlsplit(answer.headers["Location"]).path == f"/v1/items/{json.loads(answer.body)['id']}"
    path = urlsplit(answer.headers["Location"]).path
    item = json.loads(send("GET", path).body)
    expected = {"sku": None, "name": "Lamp", "price_cents": 1999, "quantity": 0, "tags": ["light"]}
    assert {name: item[name] for name in expected} == expected
    assert send("DELETE", path).status == 204
    assert send("GET", path).status == 404


@pytest.mark.group("crud")
def test_a_patch_changes_only_what_it_names(send: Send) -> None:
    path, etag = created(send, sku="LAMP-1", quantity=3)
    answer = send("PATCH", path, {"quantity": 4, "sku": None}, If_Match=etag)
    assert answer.status == 200
    item = json.loads(answer.body)
    assert (item["name"], item["quantity"], item["sku"]) == ("Lamp", 4, None)


@pytest.mark.group("validation")
def test_an_invalid_item_is_a_problem_that_names_the_wrong_members(send: Send) -> None:
    answer = send("POST", "/v1/items", {"name": "", "price_cents": "19"})
    assert answer.status == 422
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    problem = json.loads(answer.body)
    assert problem["status"] == 422
    assert {error["pointer"] for error in problem["errors"]} == {"/name", "/price_cents"}


@pytest.mark.group("pagination")
def test_the_next_page_is_linked(send: Send) -> None:
    for _ in range(3):
        created(send, tags=["paged"])
    answer = send("GET", "/v1/items?tag=paged&limit=2")
    assert len(json.loads(answer.body)["items"]) == 2
    links = ", ".join(answer.headers.get_all("Link"))
    (link,) = [part for part in links.split("<") if 'rel="next"' in part or "rel=next" in part]
    following = urlsplit(link.partition(">")[0])
    assert parse_qs(following.query)["cursor"]
    last = send("GET", f"{following.path}?{following.query}")
    assert len(json.loads(last.body)["items"]) == 1
    assert "next" not in ", ".join(last.headers.get_all("Link", []))


@pytest.mark.group("conditional")
def test_a_change_needs_the_current_etag(send: Send) -> None:
    path, etag = created(send, quantity=1)
    assert send("GET", path, If_None_Match=etag).status == 304
    assert send("PATCH", path, {"quantity": 2}).status == 428
    assert send("PATCH", path, {"quantity": 2}, If_Match=etag).status == 200
    assert send("PATCH", path, {"quantity": 3}, If_Match=etag).status == 412


@pytest.mark.group("idempotency")
def test_a_repeated_creation_gets_the_first_answer(send: Send) -> None:
    item = {"name": "Once", "price_cents": 5, "tags": ["once"]}
    first = send("POST", "/v1/items", item, Idempotency_Key='"visible-1"')
    second = send("POST", "/v1/items", item, Idempotency_Key='"visible-1"')
    assert json.loads(second.body) == json.loads(first.body)
    assert len(json.loads(send("GET", "/v1/items?tag=once").body)["items"]) == 1


@pytest.mark.group("versioning")
def test_v2_shows_the_price_with_its_currency_and_v1_says_that_it_will_go(send: Send) -> None:
    path, _ = created(send, price_cents=1999)
    item = json.loads(send("GET", path.replace("/v1/", "/v2/")).body)
    assert item["price"] == {"amount": "19.99", "currency": "EUR"}
    answer = send("GET", path)
    assert answer.headers["Deprecation"] == "@1767225600"
    assert answer.headers["Sunset"] == "Thu, 01 Jul 2027 00:00:00 GMT"


@pytest.mark.group("docs")
def test_the_document_describes_the_paths(send: Send) -> None:
    answer = send("GET", "/openapi.json")
    assert answer.status == 200
    document = json.loads(answer.body)
    assert document["openapi"].startswith("3.")
    assert {"/v1/items", "/v2/items"} <= document["paths"].keys()
