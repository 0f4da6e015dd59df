"""What a crash must not undo. The service is killed once, right after its answers, and started again."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from support import MEMBERS, Api, Created, Json, assert_replay, make_request, only, serving

from wire import Answer

BURST = 12


@dataclass(frozen=True)
class Crash:
    """A service that was killed and is there again, and what it had answered before."""

    api: Api
    tag: str
    kept: Created
    changed: Created
    replaced: Created
    doomed: Created
    deletion: Answer
    replacement: Answer
    change: Answer
    burst: list[Answer]
    key: str
    keyed_tag: str
    draft: Json
    keyed: Answer


@pytest.fixture(scope="module")
def crash(sandbox, seed) -> Iterator[Crash]:
    """Asserts nothing: what is lost is for the tests to say, each for its own group."""
    with serving(sandbox, seed, "crash") as api:
        tag, keyed_tag, key = api.tag(), api.tag(), api.key()
        kept, changed, replaced, doomed = (
            api.create(tags=[tag], sku=api.sku(), quantity=n) for n in range(4)
        )
        deletion = api.send("DELETE", doomed.url())
        replacement = api.change("PUT", replaced.url(), api.draft(tags=[tag], name="Replaced"))
        # No sku: nothing but the key keeps a copy away.
        draft = api.draft(tags=[keyed_tag])
        last = [make_request("POST", "/v1/items", api.draft(tags=[tag])) for _ in range(BURST)]
        last.append(make_request("POST", "/v1/items", draft, idempotency_key=key))
        last.append(make_request("PATCH", changed.url(), {"quantity": 77}, if_match=api.etag(changed.url())))
        *burst, keyed, change = api.volley(last)
        api.crash_and_restart()
        yield Crash(
            api=api,
            tag=tag,
            kept=kept,
            changed=changed,
            replaced=replaced,
            doomed=doomed,
            deletion=deletion,
            replacement=replacement,
            change=change,
            burst=burst,
            key=key,
            keyed_tag=keyed_tag,
            draft=draft,
            keyed=keyed,
        )


@pytest.mark.group("durability")
def test_what_was_answered_survives_sigkill(crash: Crash) -> None:
    api = crash.api
    answers = [crash.deletion, crash.replacement, crash.change, *crash.burst]
    assert all(answer.ok for answer in answers), [str(answer) for answer in answers if not answer.ok]
    expected = {item.id for item in (crash.kept, crash.changed, crash.replaced)}
    expected |= {answer.members()["id"] for answer in crash.burst}
    assert {item["id"] for item in api.tagged(crash.tag)} == expected
    assert api.read(crash.changed.url())["quantity"] == 77
    assert api.read(crash.replaced.url())["name"] == "Replaced"
    assert only(api.read(crash.kept.url()), *MEMBERS) == only(crash.kept.body, *MEMBERS)
    assert not api.send("GET", crash.doomed.url()).ok

    # The service goes on where it was: ids are not used again, and skus stay taken.
    again = api.create(tags=[crash.tag])
    assert again.id not in expected | {crash.doomed.id}, "an id was used again"
    assert len(api.tagged(crash.tag)) == len(expected) + 1
    assert not api.send("POST", "/v1/items", api.draft(sku=crash.kept.body["sku"])).ok


@pytest.mark.group("idempotency")
def test_a_repeat_after_a_crash_creates_nothing(crash: Crash) -> None:
    api = crash.api
    assert crash.keyed.ok
    # When the item is lost, that is for `durability` to judge.
    survived = api.send("GET", f"/v1/items/{crash.keyed.members()['id']}").ok
    again = api.send("POST", "/v1/items", crash.draft, idempotency_key=crash.key)
    assert len(api.tagged(crash.keyed_tag)) == 1, "a repeat after a crash created a second item"
    if survived:
        assert_replay(again, crash.keyed)
        other = api.send("POST", "/v1/items", crash.draft | {"quantity": 8}, idempotency_key=crash.key)
        assert other.status == 422
