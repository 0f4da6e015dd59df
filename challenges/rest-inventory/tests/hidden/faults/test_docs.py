"""The OpenAPI document is valid and true of what the service answered, on a tour through all its statuses.

The tour asserts nothing about the answers: a status that is wrong elsewhere is fine here when it is declared.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from openapi import Document
from support import Api, make_request

from wire import Answer

pytestmark = pytest.mark.group("docs")


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


@dataclass(frozen=True)
class Documented:
    """What the service answered, and its document on it."""

    answers: list[Answer]
    described: Answer

    def document(self) -> Document:
        """The document, when it is valid."""
        assert self.described.ok, f"{self.described}"
        document = Document(self.described.json())
        faults = document.faults()
        assert not faults, "not a valid OpenAPI document: " + "; ".join(faults[:10])
        return document


@pytest.fixture(scope="module")
def documented(shared: Api) -> Documented:
    shared.ensure()
    answers = tour(shared, "v1") + tour(shared, "v2")
    return Documented(answers, shared.send("GET", "/openapi.json"))


def path_of(answer: Answer) -> str:
    return urlsplit(answer.request.target).path


def test_the_document_is_valid_and_declares_every_status_that_was_answered(documented: Documented) -> None:
    document = documented.document()
    seen = {(answer.request.method, path_of(answer), answer.status) for answer in documented.answers}
    undeclared = {
        (method, path if path.count("/") < 3 else path.rpartition("/")[0] + "/{id}", status)
        for method, path, status in seen
        if status != 405 and not document.declares(method, path, status)
    }
    assert not undeclared, f"answered and not declared: {sorted(undeclared)[:12]}"


def test_bodies_fit_the_schemas_that_the_document_declares_for_them(documented: Documented) -> None:
    """Where it declares none for a status and media type, anything fits."""
    document = documented.document()
    wrong = {}
    for answer in documented.answers:
        if not answer.body or answer.request.method == "HEAD" or not answer.media_type.endswith("json"):
            continue
        fault = document.body_fault(
            answer.request.method, path_of(answer), answer.status, answer.media_type, answer.json()
        )
        if fault is not None:
            wrong[str(answer)] = fault
    assert not wrong, f"{len(wrong)} bodies are not as declared"
    missing = {"/v1/items", "/v2/items"} - document.raw["paths"].keys()
    assert not missing, f"not in the document: {sorted(missing)}"
