"""The OpenAPI document is valid and declares what the service answered, on a tour through all its statuses.

The tour asserts nothing about the answers: a status that is wrong elsewhere is fine here when it is declared.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from openapi import Document
from support import Api, make_request, serving

from wire import Answer

pytestmark = pytest.mark.group("docs")


@pytest.fixture(scope="module")
def api(sandbox, seed) -> Iterator[Api]:
    with serving(sandbox, seed, "docs") as running:
        yield running


def tour(api: Api, version: str) -> list[Answer]:
    """Every kind of request to every path, with every kind of fault."""
    items = f"/{version}/items"
    seen: list[Answer] = []

    def go(method: str, target: str, *body, **headers: str | None) -> Answer:
        seen.append(api.send(method, target, *body, **headers))
        return seen[-1]

    key, sku = api.key(), api.sku()
    draft = api.draft(version, sku=sku)
    created = go("POST", items, draft, idempotency_key=key)
    item = f"{items}/{created.members().get('id')}" if created.ok else f"{items}/none"
    go("POST", items, draft, idempotency_key=key)
    go("POST", items, draft | {"quantity": 3}, idempotency_key=key)
    go("POST", items, draft)
    go("POST", items, b"{")
    go("POST", items, {})
    go("POST", items, draft, content_type="text/plain")
    go("POST", items, b" " * 70_000)
    for query in ("", "?limit=1", "?limit=0", "?cursor=garbage", "?tag=none"):
        go("GET", items + query)

    tag = go("GET", item).etag or "*"
    go("HEAD", item)
    go("GET", item, if_none_match=tag)
    go("GET", f"{items}/no-such-item")
    other = api.create(version, sku=api.sku())
    for method, members in (("PUT", draft), ("PATCH", {"quantity": 4})):
        go(method, item, members)
        go(method, item, members, if_match='"no-such-tag"')
        go(method, item, b"{", if_match="*")
        go(method, item, {"name": 1}, if_match="*")
        go(method, item, members, if_match="*", content_type="text/plain")
        go(method, item, b" " * 70_000, if_match="*")
        go(method, f"{items}/no-such-item", members, if_match="*")
        go(method, other.url(version), members | {"sku": sku}, if_match="*")
        go(method, item, members, if_match="*")
    go("DELETE", item, if_match='"no-such-tag"')
    go("DELETE", item)
    go("DELETE", item)
    twice = make_request("POST", items, api.draft(version), idempotency_key=api.key())
    return seen + api.volley([twice] * 4)


def test_the_document_is_valid_and_declares_every_status_that_was_answered(api: Api) -> None:
    answers = tour(api, "v1") + tour(api, "v2")
    described = api.send("GET", "/openapi.json")
    assert described.ok, f"{described}"
    document = Document(described.json())
    faults = document.faults()
    assert not faults, "not a valid OpenAPI document: " + "; ".join(faults[:10])
    seen = {
        (answer.request.method, urlsplit(answer.request.target).path, answer.status) for answer in answers
    }
    undeclared = {
        (method, path if path.count("/") < 3 else path.rpartition("/")[0] + "/{id}", status)
        for method, path, status in seen
        if status != 405 and not document.declares(method, path, status)
    }
    assert not undeclared, f"answered and not declared: {sorted(undeclared)[:12]}"
