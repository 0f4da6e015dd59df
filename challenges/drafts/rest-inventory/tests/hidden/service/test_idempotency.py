"""A repeated creation creates once.

Items have a tag and no sku here, so that nothing but the key keeps a copy away.
"""

import pytest
from support import Api, assert_replay, make_request

pytestmark = pytest.mark.group("idempotency")

KEYS, REPEATS = 6, 8


def test_a_repeat_gets_the_first_answer_and_creates_nothing(api: Api) -> None:
    tag, key = api.tag(), api.key()
    draft = api.draft(tags=[tag], quantity=1)
    first = api.send("POST", "/v1/items", draft, idempotency_key=key)
    assert first.ok
    same_json = dict(reversed(draft.items()))
    assert_replay(api.send("POST", "/v1/items", same_json, idempotency_key=key), first)
    url = f"/v1/items/{first.members()['id']}"
    api.changed("PATCH", url, {"quantity": 2})
    assert_replay(api.send("POST", "/v1/items", draft, idempotency_key=key), first)
    assert [item["quantity"] for item in api.tagged(tag)] == [2]
    assert api.send("DELETE", url).ok
    assert_replay(api.send("POST", "/v1/items", draft, idempotency_key=key), first)
    assert api.tagged(tag) == []

    assert api.send("POST", "/v1/items", draft, idempotency_key=api.key()).ok
    assert api.send("POST", "/v1/items", draft).ok
    assert len(api.tagged(tag)) == 2, "another key and no key are creations of their own"


def test_a_key_with_another_payload_is_422_and_an_error_leaves_it_free(api: Api) -> None:
    tag, key = api.tag(), api.key()
    draft = api.draft(tags=[tag], quantity=1)
    invalid = api.send("POST", "/v1/items", draft | {"name": ""}, idempotency_key=key)
    assert 400 <= invalid.status < 500
    assert api.send("POST", "/v1/items", draft, idempotency_key=key).ok, "the key was free"
    for changes in ({"quantity": 2}, {"name": "Other"}, {"tags": [tag, "other"]}):
        other = api.send("POST", "/v1/items", draft | changes, idempotency_key=key)
        assert other.status == 422, f"{changes}"
    assert [item["quantity"] for item in api.tagged(tag)] == [1]


def test_simultaneous_repeats_create_one_item(api: Api) -> None:
    for _ in range(KEYS):
        tag, key = api.tag(), api.key()
        request = make_request("POST", "/v1/items", api.draft(tags=[tag]), idempotency_key=key)
        answers = api.volley([request] * REPEATS)
        assert all(answer.ok or answer.status == 409 for answer in answers), [a.status for a in answers]
        items = api.tagged(tag)
        assert len(items) == 1, f"{len(items)} items from {REPEATS} simultaneous repeats"
        created = {answer.members()["id"] for answer in answers if answer.ok}
        assert created == {items[0]["id"]}
