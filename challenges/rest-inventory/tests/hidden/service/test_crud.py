"""Create, read, replace, merge-patch and delete: statuses, headers and representation as specified."""

import pytest
from support import JSON, MEMBERS, Api, Json, only, resolve

pytestmark = pytest.mark.group("crud")


def test_create_answers_201_with_the_item_its_location_and_its_etag(api: Api) -> None:
    draft = api.draft(sku=api.sku(), quantity=7, tags=["new", "blue-2"])
    answer = api.send("POST", "/v1/items", draft)
    assert answer.status == 201
    assert answer.media_type == JSON
    item = answer.members()
    assert isinstance(item.get("id"), str) and 1 <= len(item["id"]) <= 64
    assert only(item, *draft) == draft
    assert answer.etag, "no ETag"
    location = answer.headers.get("Location")
    assert location, "no Location"
    assert resolve("/v1/items", location) == f"/v1/items/{item['id']}"


def test_an_item_reads_back_as_written_with_defaults_for_the_rest(api: Api) -> None:
    full: Json = {
        "sku": api.sku(),
        "name": "Größe 42 — 靴 \U0001f45f ‮ \"'\\ <b>%s</b>",
        "price_cents": 1_000_000_000,
        "quantity": 1_000_000,
        "tags": ["zz", "a-1", "0", "m"],
    }
    created = api.create(**full, id="ignored")
    answer = api.send("GET", created.url())
    assert answer.status == 200
    assert answer.media_type == JSON
    assert only(answer.members(), *MEMBERS) == full | {"id": created.id}
    assert created.id != "ignored"

    plain = api.create(name="x" * 200, price_cents=0)
    expected: Json = {"sku": None, "name": "x" * 200, "price_cents": 0, "quantity": 0, "tags": []}
    assert only(api.read(plain.url()), *MEMBERS) == expected | {"id": plain.id}


def test_head_is_get_without_a_body(api: Api) -> None:
    url = api.create().url()
    get, head = api.send("GET", url), api.send("HEAD", url)
    assert head.status == 200
    assert head.body == b""
    assert head.etag == get.etag
    assert head.media_type == get.media_type
    assert api.send("HEAD", "/v1/items/no-such-item").status == 404


def test_put_replaces_the_whole_item(api: Api) -> None:
    created = api.create(sku=api.sku(), quantity=5, tags=["old"])
    answer = api.change("PUT", created.url(), {"name": "Replaced", "price_cents": 250, "id": created.id})
    assert answer.status == 200
    expected: Json = {"sku": None, "name": "Replaced", "price_cents": 250, "quantity": 0, "tags": []}
    assert only(answer.members(), *MEMBERS) == expected | {"id": created.id}
    assert only(api.read(created.url()), *MEMBERS) == expected | {"id": created.id}
    absent = api.send("PUT", "/v1/items/no-such-item", api.draft(), if_match="*")
    assert absent.status == 404, "PUT never creates"


def test_patch_changes_only_what_it_names(api: Api) -> None:
    created = api.create(sku=api.sku(), quantity=5, tags=["one", "two"])
    answer = api.change("PATCH", created.url(), {"quantity": 6, "tags": ["three"]})
    assert answer.status == 200
    expected = created.body | {"quantity": 6, "tags": ["three"]}
    assert only(answer.members(), *MEMBERS) == only(expected, *MEMBERS)
    assert only(api.read(created.url()), *MEMBERS) == only(expected, *MEMBERS)

    reset = api.changed("PATCH", created.url(), {"sku": None, "quantity": None, "tags": None})
    assert only(reset, *MEMBERS) == only(expected | {"sku": None, "quantity": 0, "tags": []}, *MEMBERS)
    untouched = api.changed("PATCH", created.url(), {})
    assert only(untouched, *MEMBERS) == only(reset, *MEMBERS)


def test_delete_answers_204_and_the_item_is_gone(api: Api) -> None:
    tag = api.tag()
    gone, kept = api.create(tags=[tag]), api.create(tags=[tag])
    assert api.send("DELETE", gone.url()).status == 204
    assert api.send("GET", gone.url()).status == 404
    assert api.send("DELETE", gone.url()).status == 404
    assert [item["id"] for item in api.tagged(tag)] == [kept.id]
    assert api.create().id != gone.id, "an id was used again"


def test_a_sku_belongs_to_one_item(api: Api) -> None:
    taken = api.sku()
    owner, other, third = api.create(sku=taken), api.create(sku=api.sku()), api.create()
    assert api.send("POST", "/v1/items", api.draft(sku=taken)).status == 409
    assert api.change("PUT", other.url(), api.draft(sku=taken)).status == 409
    assert api.change("PATCH", third.url(), {"sku": taken}).status == 409
    assert api.read(other.url())["sku"] == other.body["sku"]
    assert api.read(third.url())["sku"] is None

    kept = api.change("PUT", owner.url(), api.draft(sku=taken))
    assert kept.status == 200, "an item may keep its own sku"
    assert api.send("DELETE", owner.url()).ok
    assert api.changed("PATCH", third.url(), {"sku": taken})["sku"] == taken, "a deleted item's sku is free"
