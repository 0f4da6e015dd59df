"""v1 and v2 are two views of the same data, and v1 says that it will go."""

import time
from email.utils import parsedate_to_datetime

import pytest
from support import MEMBERS, MEMBERS_V2, Api, in_v2, only, resolve

from wire import Answer

pytestmark = pytest.mark.group("versioning")

PRICES = (0, 5, 1999, 110, 100_000, 29, 1_000_000_000, 999_999_999)
DEPRECATED = "@1767225600"
GONE = 1_814_400_000.0
"""2027-07-01 00:00:00 UTC."""


def test_what_one_version_writes_the_other_shows(api: Api) -> None:
    for cents in PRICES:
        old = api.create(sku=api.sku(), price_cents=cents, quantity=2, tags=["a"])
        expected = only(old.body, *MEMBERS_V2) | {"price": in_v2(cents, "EUR")}
        seen = api.read(old.url("v2"))
        assert only(seen, *MEMBERS_V2) == expected
        assert "price_cents" not in seen

        new = api.create("v2", price=in_v2(cents, "USD"), tags=["b"])
        assert new.body.get("price") == in_v2(cents, "USD")
        assert only(api.read(new.url("v1")), *MEMBERS) == only(new.body | {"price_cents": cents}, *MEMBERS)


def test_lists_changes_and_deletions_are_shared(api: Api) -> None:
    tag = api.tag()
    first, second = api.create(tags=[tag]), api.create("v2", tags=[tag])
    for version in ("v1", "v2"):
        assert {item["id"] for item in api.tagged(tag, version)} == {first.id, second.id}
    items, following = api.page(f"/v2/items?tag={tag}&limit=1")
    assert set(items[0].get("price", ())) == {"amount", "currency"}
    assert following is not None and following.startswith("/v2/items?")

    api.changed("PATCH", first.url("v2"), {"price": {"amount": "12.34"}, "quantity": 8})
    assert only(api.read(first.url()), "price_cents", "quantity") == {"price_cents": 1234, "quantity": 8}
    replaced = api.draft(price_cents=77, tags=[tag])
    api.changed("PUT", second.url(), replaced)
    assert api.read(second.url("v2"))["price"] == in_v2(77, "EUR")
    assert api.send("DELETE", first.url("v2")).ok
    assert not api.send("GET", first.url()).ok
    assert [item["id"] for item in api.tagged(tag)] == [second.id]


def test_a_version_keeps_what_only_the_other_knows(api: Api) -> None:
    item = api.create("v2", price=in_v2(500, "CHF"))
    api.changed("PATCH", item.url("v1"), {"price_cents": 650})
    assert api.read(item.url("v2"))["price"] == in_v2(650, "CHF")
    api.changed("PUT", item.url("v1"), {"name": "By v1", "price_cents": 700})
    assert only(api.read(item.url("v2")), "name", "price") == {"name": "By v1", "price": in_v2(700, "CHF")}
    api.changed("PATCH", item.url("v2"), {"price": {"currency": "SEK"}})
    assert api.read(item.url("v2"))["price"] == in_v2(700, "SEK"), "a merge patch merges objects"
    assert api.read(item.url("v1"))["price_cents"] == 700


def test_a_change_through_one_version_makes_the_etag_of_the_other_stale(api: Api) -> None:
    items = {("v1", "v2"): api.create(quantity=1), ("v2", "v1"): api.create(quantity=1)}
    tags = {reader: api.send("GET", item.url(reader)).etag for (reader, _), item in items.items()}
    assert all(tags.values()), "no ETag"
    time.sleep(1.1)  # how fine an ETag is, is for `conditional` to judge
    for (reader, writer), item in items.items():
        before = tags[reader]
        changed = api.change("PATCH", item.url(writer), {"quantity": 2})
        assert changed.ok
        late = api.send("PATCH", item.url(reader), {"quantity": 3}, if_match=before)
        assert not late.ok, f"{reader} overwrote a change by {writer}"
        assert api.send("GET", item.url(reader), if_none_match=before).ok
        assert api.read(item.url(writer))["quantity"] == 2


def test_every_answer_of_v1_announces_its_end_and_none_of_v2_does(api: Api) -> None:
    answers = {
        version: [
            api.send("POST", f"/{version}/items", api.draft(version, tags=["announce"])),
            api.send("POST", f"/{version}/items", api.draft(version, tags=["announce"])),
            api.send("GET", f"/{version}/items?tag=announce&limit=1"),
            api.send("GET", f"/{version}/items/no-such-item"),
            api.send("GET", f"/{version}/items?limit=0"),
            api.send("POST", f"/{version}/items", {}),
            api.send("POST", f"/{version}/items", b"{"),
        ]
        for version in ("v1", "v2")
    }
    for version in ("v1", "v2"):
        item = f"/{version}/items/{answers[version][0].members()['id']}"
        answers[version] += [api.send("GET", item), api.send("HEAD", item), api.send("DELETE", item)]
    for answer in answers["v1"]:
        assert_announced(answer)
    for answer in answers["v2"]:
        assert not {"deprecation", "sunset"} & {name.lower() for name in answer.headers}, f"{answer}"
        assert not answer.links("successor-version"), f"{answer}"


def assert_announced(answer: Answer) -> None:
    assert answer.headers.get("Deprecation", "").strip() == DEPRECATED, f"Deprecation of {answer}"
    sunset = answer.headers.get("Sunset", "")
    try:
        when = parsedate_to_datetime(sunset).timestamp()
    except (TypeError, ValueError):
        raise AssertionError(f"Sunset of {answer} is no HTTP-date: {sunset!r}") from None
    assert when == GONE and sunset.endswith("GMT"), f"Sunset of {answer}: {sunset!r}"
    successors = [resolve(answer.request.target, link) for link in answer.links("successor-version")]
    assert successors, f"no successor-version in the Link of {answer}"
    assert all(link.startswith("/v2/items") for link in successors), f"{successors}"
