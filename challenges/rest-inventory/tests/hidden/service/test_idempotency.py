"""A repeated creation creates once.

Items have a tag and no sku here, so that nothing but the key keeps a copy away.
"""

import pytest
from support import RACES, RIVALS, Api, assert_replay, make_request

pytestmark = pytest.mark.group("idempotency")

REPEATS = 20


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
    for keys, repeats in ((1, REPEATS), (RACES, RIVALS), (RACES, RIVALS)):
        tag = api.tag()
        first = [
            make_request("POST", "/v1/items", api.draft(tags=[tag]), idempotency_key=api.key())
            for _ in range(keys)
        ]
        answers = api.volley([request for request in first for _ in range(repeats)])
        assert all(answer.ok or answer.status == 409 for answer in answers), [a.status for a in answers]
        items = api.tagged(tag)
        assert len(items) == keys, f"{len(items)} items from {repeats} simultaneous repeats of {keys}"
        for key in range(keys):
            own = [answer for answer in answers[key * repeats :][:repeats] if answer.ok]
            assert len({answer.members()["id"] for answer in own}) == 1, (
                "answers to one key name several items"
            )
