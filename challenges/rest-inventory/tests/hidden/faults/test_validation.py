"""Bad requests: the right status, and a problem document that names what is wrong.

Statuses and format are tested apart, so that a service with the right statuses, in its framework's own
format, keeps what it has earned.
"""

import json
from typing import Any

import pytest
from support import MERGE_PATCH, PROBLEM, Api, Json

from wire import Answer

pytestmark = pytest.mark.group("validation")

LIMIT_BYTES = 65_536

WRONG_MEMBERS: list[tuple[str, Any]] = [
    ("name", None),
    ("name", ""),
    ("name", "x" * 201),
    ("name", 7),
    ("name", "half \ud800 a pair"),
    ("price_cents", -1),
    ("price_cents", 1_000_000_001),
    ("price_cents", "199"),
    ("price_cents", 19.99),
    ("price_cents", True),
    ("price_cents", None),
    ("quantity", -1),
    ("quantity", 1_000_001),
    ("quantity", "5"),
    ("quantity", True),
    ("quantity", 10**30),
    ("sku", ""),
    ("sku", "lower-case"),
    ("sku", "-LEADING"),
    ("sku", "A" * 41),
    ("sku", "TRAILING\n"),
    ("sku", 12),
    ("tags", "red"),
    ("tags", ["Red"]),
    ("tags", [""]),
    ("tags", ["a" * 31]),
    ("tags", ["a", "b", "a"]),
    ("tags", [str(n) for n in range(11)]),
    ("tags", [1]),
    ("tags", {"a": 1}),
    ("colour", "red"),
    ("price", {"amount": "1.00", "currency": "EUR"}),
]


def named(answer: Answer) -> set[str]:
    """The members that a 422 names, without what is below them."""
    errors = answer.members().get("errors")
    assert isinstance(errors, list) and errors, f"no errors in {answer}: {answer.body[:300]!r}"
    assert all(isinstance(error, dict) and isinstance(error.get("pointer"), str) for error in errors), errors
    assert all(error.get("detail") for error in errors), errors
    assert all(error["pointer"].startswith("/") for error in errors), errors
    return {error["pointer"].split("/")[1] for error in errors}


def test_a_body_that_is_no_json_is_400(api: Api, url: str) -> None:
    bodies = {
        "cut short": b'{"name": "x", "price_cents": 1',
        "empty": b"",
        "words": b"name=x&price_cents=1",
        "not UTF-8": b'{"name": "\xff\xfe", "price_cents": 1}',
        "after the end": b'{"name": "x", "price_cents": 1} {}',
        "deep": b"[" * 60_000,
    }
    statuses = {name: api.send("POST", "/v1/items", body).status for name, body in bodies.items()}
    assert statuses == dict.fromkeys(bodies, 400)
    assert api.send("PATCH", url, b'{"quantity": ', if_match=api.etag(url)).status == 400


def test_an_invalid_item_is_422_whatever_the_method(api: Api, url: str) -> None:
    wrong = {}
    for member, value in WRONG_MEMBERS:
        answer = api.send("POST", "/v1/items", api.draft() | {member: value})
        if answer.status != 422:
            wrong[f"POST {member}={value!r:.40}"] = answer.status
    for member, value in [("name", None), ("quantity", True), ("colour", "red"), ("tags", ["A"])]:
        for method, body in [("PUT", api.draft() | {member: value}), ("PATCH", {member: value})]:
            answer = api.send(method, url, body, if_match=api.etag(url))
            if answer.status != 422:
                wrong[f"{method} {member}={value!r}"] = answer.status
    for value in ([], "x", 5, None, [api.draft()]):
        answer = api.send("POST", "/v1/items", json.dumps(value).encode())
        if answer.status != 422:
            wrong[f"POST {value!r:.40}"] = answer.status
    assert not wrong, "answered with something else than 422"
    assert api.read(url)["quantity"] == 1


def test_a_422_names_every_wrong_member_and_no_other(api: Api, url: str) -> None:
    answer = api.send("POST", "/v1/items", {"name": "", "price_cents": "1", "quantity": 5, "colour": "red"})
    assert named(answer) == {"name", "price_cents", "colour"}
    assert named(api.send("POST", "/v1/items", {"tags": ["ok", "NOT"]})) == {"name", "price_cents", "tags"}
    put = api.send("PUT", url, {"sku": "no", "price_cents": -5}, if_match=api.etag(url))
    assert named(put) == {"name", "sku", "price_cents"}
    patch = api.send("PATCH", url, {"name": None, "quantity": 2.5, "tags": ["ok"]}, if_match=api.etag(url))
    assert named(patch) == {"name", "quantity"}
    wrong_price = {"name": "x", "price": {"amount": "1.5", "currency": "EUR"}, "price_cents": 150}
    assert named(api.send("POST", "/v2/items", wrong_price)) == {"price", "price_cents"}


def test_a_price_of_v2_is_validated(api: Api) -> None:
    good: Json = {"amount": "1.50", "currency": "EUR"}
    wrong: list[Any] = [
        good | {"amount": value}
        for value in ("1.5", "1", "01.50", "-1.00", "1,50", "10000000.01", 1.5, 150, "", None)
    ]
    wrong += [good | {"currency": value} for value in ("eur", "EURO", "€", 978, None)]
    wrong += [{"amount": "1.50"}, {"currency": "EUR"}, good | {"cents": 150}, "1.50", 150, None]
    statuses = [api.send("POST", "/v2/items", api.draft("v2", price=price)).status for price in wrong]
    assert {str(p): s for p, s in zip(wrong, statuses, strict=True) if s != 422} == {}


def test_what_does_not_exist_is_404(api: Api) -> None:
    unknown = [
        "/v1/items/no-such-item",
        "/v1/items/0",
        "/v1/items/00000000-0000-4000-8000-000000000000",
        "/v1/items/%E9%9D%B4%0A%27",
        f"/v2/items/{'a' * 300}",
        "/v1/nope",
    ]
    statuses = {path: api.send("GET", path).status for path in unknown}
    assert statuses == dict.fromkeys(unknown, 404)
    assert api.send("DELETE", "/v1/items/no-such-item").status == 404
    assert api.send("PATCH", "/v1/items/no-such-item", {"quantity": 1}, if_match='"x"').status in (404, 412)


def test_a_method_that_a_path_does_not_have_is_405_with_allow(api: Api, url: str) -> None:
    for path, method, needed in [
        ("/v1/items", "DELETE", {"GET", "POST"}),
        ("/v2/items", "PUT", {"GET", "POST"}),
        (url, "POST", {"GET", "HEAD", "PUT", "PATCH", "DELETE"}),
    ]:
        answer = api.send(method, path, {})
        assert answer.status == 405, f"{answer}"
        allowed = {name.strip().upper() for name in answer.headers.get("Allow", "").split(",")}
        assert needed <= allowed, f"Allow of {answer}: {answer.headers.get('Allow')}"
        assert method not in allowed, f"Allow of {answer}: {answer.headers.get('Allow')}"


def test_a_media_type_that_is_not_the_methods_is_415_and_a_long_body_413(api: Api, url: str) -> None:
    draft = api.draft()
    for media_type in ("text/plain", "application/x-www-form-urlencoded", MERGE_PATCH, None):
        assert api.send("POST", "/v1/items", draft, content_type=media_type).status == 415, media_type
    patch = api.send("PATCH", url, {"quantity": 2}, if_match=api.etag(url), content_type="application/json")
    assert patch.status == 415
    assert api.send("POST", "/v1/items", draft, content_type="application/json; charset=utf-8").ok

    padded = json.dumps(draft).encode()
    assert api.send("POST", "/v1/items", padded + b" " * (LIMIT_BYTES - len(padded))).ok, (
        "65 536 bytes are fine"
    )
    assert api.send("POST", "/v1/items", padded + b" " * (LIMIT_BYTES - len(padded) + 1)).status == 413
    assert api.send("POST", "/v1/items", padded + b" " * 200_000).status == 413


def test_a_limit_that_is_no_positive_integer_is_400(api: Api) -> None:
    limits = ["0", "-1", "-9", "abc", "2.5", "1e1"]
    statuses = {limit: api.send("GET", f"/v1/items?limit={limit}").status for limit in limits}
    assert statuses == dict.fromkeys(limits, 400)


def test_every_error_is_a_problem_document_with_its_status(api: Api, url: str) -> None:
    tag = api.etag(url)
    answers = [
        api.send("POST", "/v1/items", b"{"),
        api.send("GET", "/v1/items?limit=0"),
        api.send("GET", "/v1/items/no-such-item"),
        api.send("GET", "/v1/nope"),
        api.send("GET", "/nope"),
        api.send("DELETE", "/v1/items"),
        api.send("POST", "/v1/items", b" " * (LIMIT_BYTES + 1)),
        api.send("POST", "/v1/items", api.draft(), content_type="text/plain"),
        api.send("POST", "/v1/items", {}),
        api.send("PATCH", url, {"quantity": -1}, if_match=tag),
        api.send("GET", "/v2/items/no-such-item"),
        api.send("POST", "/v2/items", {}),
    ]
    # Whether these are refused is for other groups to judge.
    other = api.create(sku=api.sku())
    answers += [
        answer
        for answer in (
            api.send("GET", "/v1/items?cursor=garbage"),
            api.send("POST", "/v1/items", api.draft(sku=other.body.get("sku"))),
            api.send("PUT", other.url(), api.draft(), if_match='"some-other-state"'),
            api.send("PATCH", other.url(), {"quantity": 9}),
        )
        if not answer.ok
    ]
    for answer in answers:
        assert 400 <= answer.status < 500, f"{answer}"
        assert answer.media_type == PROBLEM, f"Content-Type of {answer}: {answer.headers.get('Content-Type')}"
        problem = answer.members()
        assert problem.get("status") == answer.status, f"status of {answer}"
        assert isinstance(problem.get("title"), str) and problem["title"], f"title of {answer}"
        assert isinstance(problem.get("type", ""), str), f"type of {answer}"
    assert api.etag(url) == tag, "a refused request changed an item"
