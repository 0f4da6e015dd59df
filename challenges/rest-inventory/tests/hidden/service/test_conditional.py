"""ETags, preconditions, and no lost update among simultaneous writers.

The races assert what must hold whether or not a race happened.
"""

from collections import Counter

import pytest
from support import RACES, RIVALS, Api, Json, make_request

from wire import Answer

pytestmark = pytest.mark.group("conditional")

WRITERS, ROUNDS = 40, 2
CREATORS = 50


def test_a_matching_if_none_match_is_304_without_a_body(api: Api) -> None:
    url = api.create(quantity=3).url()
    tag = api.send("GET", url).etag
    assert tag, "no ETag"
    for matching in (tag, f'"no-such-tag", {tag}', f"W/{tag}", "*"):
        answer = api.send("GET", url, if_none_match=matching)
        assert answer.status == 304, f"If-None-Match: {matching}"
        assert answer.body == b""
        assert answer.etag == tag
    assert api.send("GET", url, if_none_match='"no-such-tag"').ok
    assert api.changed("PATCH", url, {"quantity": 4})["quantity"] == 4
    assert api.send("GET", url, if_none_match=tag).ok, "the item has changed"


def test_a_change_without_if_match_is_428_and_changes_nothing(api: Api) -> None:
    created = api.create(quantity=3)
    assert api.send("PUT", created.url(), api.draft(quantity=9)).status == 428
    assert api.send("PATCH", created.url(), {"quantity": 9}).status == 428
    assert api.read(created.url())["quantity"] == 3


def test_a_stale_etag_is_412_and_changes_nothing(api: Api) -> None:
    url = api.create(quantity=3).url()
    stale = api.etag(url)
    assert api.send("PATCH", url, {"quantity": 4}, if_match=stale).ok, "the ETag as it was given"
    for tag in (stale, '"no-such-tag"'):
        assert api.send("PUT", url, api.draft(quantity=9), if_match=tag).status == 412
        assert api.send("PATCH", url, {"quantity": 9}, if_match=tag).status == 412
        assert api.send("DELETE", url, if_match=tag).status == 412
    assert api.read(url)["quantity"] == 4
    now = api.etag(url)
    assert api.send("PATCH", url, {"quantity": 5}, if_match=f'"no-such-tag", {now}').ok, "a list"
    assert api.send("PUT", url, api.draft(quantity=6), if_match="*").ok
    assert api.send("DELETE", url, if_match=api.etag(url)).ok


def test_each_of_several_quick_changes_gives_an_etag_of_its_own(api: Api) -> None:
    created = api.create(quantity=0)
    tags = [created.answer.etag]
    for quantity in range(1, 9):
        before = tags[-1]
        answer = api.send("PATCH", created.url(), {"quantity": quantity}, if_match=before)
        assert answer.ok, f"the ETag of the answer before is no good: {answer}"
        tags.append(answer.etag)
    assert None not in tags
    assert len(set(tags)) == len(tags), "two states of an item have the same ETag"
    assert api.send("GET", created.url()).etag == tags[-1]
    assert all(tag.startswith('"') and tag.endswith('"') for tag in tags if tag), "strong, quoted tags"


def assert_one_succeeds(answers: list[Answer], what: str) -> Answer:
    """Of rivals; whether they met does not matter. The one that does."""
    outcomes = Counter("ok" if answer.ok else str(answer.status) for answer in answers)
    assert outcomes["ok"] == 1, f"of {len(answers)} {what}: {dict(outcomes)}"
    assert all(400 <= answer.status < 500 for answer in answers if not answer.ok), f"{dict(outcomes)}"
    return next(answer for answer in answers if answer.ok)


def test_no_update_is_lost_among_simultaneous_writers(api: Api) -> None:
    """Everyone reads, adds one and writes; who is refused tries again."""
    url = api.create(quantity=0).url()
    quantity, waiting = 0, WRITERS
    for _ in range(ROUNDS):
        answer = api.send("GET", url)
        assert answer.members().get("quantity") == quantity, "the sum of the successful changes"
        change = make_request("PATCH", url, {"quantity": quantity + 1}, if_match=answer.etag)
        assert_one_succeeds(api.volley([change] * waiting), "changes with the same ETag")
        quantity, waiting = quantity + 1, waiting - 1
    assert api.read(url)["quantity"] == quantity

    for method in ("PATCH", "PUT"):
        urls = [api.create(quantity=0).url() for _ in range(RACES)]
        tags = {url: api.send("GET", url).etag for url in urls}
        members: Json = {"quantity": 1} if method == "PATCH" else api.draft(quantity=1)
        changes = [make_request(method, url, members, if_match=tags[url]) for url in urls]
        answers = api.volley([change for change in changes for _ in range(RIVALS)])
        for race in range(RACES):
            assert_one_succeeds(answers[race * RIVALS :][:RIVALS], "changes with the same ETag")


def test_one_of_many_simultaneous_creations_of_a_sku_succeeds(api: Api) -> None:
    tag, sku = api.tag(), api.sku()
    drafts = [api.draft(sku=sku, tags=[tag]) for _ in range(CREATORS)]
    answers = api.volley([make_request("POST", "/v1/items", draft) for draft in drafts])
    created = assert_one_succeeds(answers, "creations of one sku")
    assert [item["id"] for item in api.tagged(tag)] == [created.members()["id"]]

    for _ in range(2):
        drafts = [api.draft(sku=sku) for sku in [api.sku() for _ in range(RACES)] for _ in range(RIVALS)]
        answers = api.volley([make_request("POST", "/v1/items", draft) for draft in drafts])
        for race in range(RACES):
            assert_one_succeeds(answers[race * RIVALS :][:RIVALS], "creations of one sku")
