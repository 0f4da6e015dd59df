"""A walk over pages sees every item once, while others come and go."""

import pytest
from forging import forgeries
from support import CROWD, Api, query_of, with_query

pytestmark = pytest.mark.group("pagination")


def walk(api: Api, target: str) -> list[list[str]]:
    """The ids of each page."""
    pages: list[list[str]] = []
    following: str | None = target
    while following is not None:
        items, following = api.page(following)
        pages.append([item["id"] for item in items])
        assert len(pages) <= CROWD, "the walk does not end"
    return pages


def test_a_walk_sees_every_item_once_and_the_last_page_has_no_next(
    api: Api, crowd: tuple[str, list[str]]
) -> None:
    tag, ids = crowd
    pages = walk(api, f"/v1/items?tag={tag}&limit=21")
    assert [len(page) for page in pages] in ([21] * 5, [21] * 5 + [0])
    seen = [item_id for page in pages for item_id in page]
    assert sorted(seen) == sorted(ids)
    # Another page size, changed on the way: the same order.
    first, following = api.page(f"/v1/items?tag={tag}&limit=40")
    assert following is not None
    rest = walk(api, with_query(following, limit=50))
    assert [item["id"] for item in first] + [item_id for page in rest for item_id in page] == seen


def test_a_page_has_20_items_by_default_and_100_at_most(api: Api, crowd: tuple[str, list[str]]) -> None:
    tag, _ = crowd
    sizes = {
        limit: len(api.page(with_query("/v1/items", tag=tag, limit=limit))[0])
        for limit in (None, 1, 100, 101, 5000, 10**30)
    }
    assert sizes == {None: 20, 1: 1, 100: 100, 101: 100, 5000: 100, 10**30: 100}


def test_a_walk_is_complete_while_items_come_go_and_change(api: Api) -> None:
    tag = api.tag("moving")
    ids = [api.create(tags=[tag]).id for _ in range(30)]
    seen: list[str] = []
    deleted: set[str] = set()
    following: str | None = f"/v1/items?tag={tag}&limit=4"
    while following is not None:
        items, following = api.page(following)
        page = [item["id"] for item in items]
        seen += page
        assert len(seen) <= 200, "the walk does not end"
        # The page's first and last are seen and go; one that is not seen yet goes, another one changes.
        to_come = [item_id for item_id in ids if item_id not in seen and item_id not in deleted]
        for item_id in {*page[:1], *page[-1:], *to_come[1:2]}:
            if item_id in ids and len(deleted) < 18:
                assert api.send("DELETE", f"/v1/items/{item_id}").ok
                deleted.add(item_id)
        for item_id in [*page[1:2], *to_come[:1]]:
            if item_id not in deleted:
                changes = {
                    "name": f"{'!~'[len(seen) % 2]} {item_id}",
                    "price_cents": len(seen),
                    "quantity": 9,
                }
                api.changed("PATCH", f"/v1/items/{item_id}", changes)
        if len(seen) < 40:
            api.create(tags=[tag], name=f"{'!~'[len(seen) % 2]} new")
    assert len(seen) == len(set(seen)), "an item was seen twice"
    missed = [item_id for item_id in ids if item_id not in seen and item_id not in deleted]
    assert not missed, f"{len(missed)} of the items that were there all the time were not seen"


def test_a_cursor_that_was_not_issued_is_400(api: Api, crowd: tuple[str, list[str]]) -> None:
    _, ids = crowd
    _, following = api.page("/v1/items?limit=10")
    assert following is not None
    cursor = query_of(following, "cursor")
    forged = ["garbage", "1", "10", ids[9], cursor[: len(cursor) // 2], cursor + "x", *forgeries(cursor)]
    statuses = {value: api.send("GET", with_query(following, cursor=value)).status for value in forged}
    assert {value: status for value, status in statuses.items() if status != 400} == {}
    assert api.send("GET", following).ok, "the cursor as issued"


def test_a_filter_is_exact_and_a_cursor_belongs_to_its_filter(api: Api, crowd: tuple[str, list[str]]) -> None:
    tag, _ = crowd
    stem = api.tag("red")
    plain = api.create(tags=[stem]).id
    both = api.create(tags=["a", f"x{stem}", stem]).id
    other = api.create(tags=[f"{stem}-ish", f"dark-{stem}"], name=stem).id
    assert {item["id"] for item in api.tagged(stem)} == {plain, both}
    assert {item["id"] for item in api.tagged(f"dark-{stem}")} == {other}
    assert api.tagged(stem[:-1]) == []
    assert api.tagged(f"%{stem[3:]}") == []

    _, following = api.page(f"/v1/items?tag={tag}&limit=10")
    _, unfiltered = api.page("/v1/items?limit=10")
    assert following is not None and unfiltered is not None
    assert api.send("GET", with_query(following, tag="everyone")).status == 400, "another filter"
    assert api.send("GET", with_query(following, tag=None)).status == 400, "without its filter"
    assert api.send("GET", with_query(unfiltered, tag=tag)).status == 400, "a filter where there was none"
