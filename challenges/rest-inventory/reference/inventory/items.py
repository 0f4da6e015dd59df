"""What an item is, and how the two versions of the interface show it.

There is one item. A version is a pair of functions: one from an item to JSON, and one from JSON to the fields
that the version knows. A field that a version does not know keeps its value in a change.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from inventory.problems import Complaints

MAX_PRICE_CENTS = 1_000_000_000
MAX_QUANTITY = 1_000_000
MAX_TAGS = 10
DEFAULT_CURRENCY = "EUR"
VERSIONS = ("v1", "v2")

_NAME = re.compile(r"[^\ud800-\udfff]{1,200}", re.DOTALL)
_SKU = re.compile(r"[A-Z0-9][A-Z0-9-]{0,39}")
_TAG = re.compile(r"[a-z0-9-]{1,30}")
_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,7})\.[0-9]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_PRICE_MEMBER = {"v1": "price_cents", "v2": "price"}

Fields = dict[str, Any]


@dataclass(frozen=True)
class Item:
    position: int
    """Of the item among all that there ever were: the order of lists."""

    id: str
    revision: int
    name: str
    price_cents: int
    currency: str = DEFAULT_CURRENCY
    sku: str | None = None
    quantity: int = 0
    tags: list[str] = field(default_factory=list)

    @property
    def etag(self) -> str:
        return f'"r{self.revision}"'


def represent(version: str, item: Item) -> dict[str, Any]:
    """The item as JSON."""
    price: Any = item.price_cents
    if version == "v2":
        amount = f"{item.price_cents // 100}.{item.price_cents % 100:02d}"
        price = {"amount": amount, "currency": item.currency}
    return {
        "id": item.id,
        "sku": item.sku,
        "name": item.name,
        _PRICE_MEMBER[version]: price,
        "quantity": item.quantity,
        "tags": item.tags,
    }


def parse(version: str, document: Any) -> Fields:
    """The fields that a document gives an item, defaults included.

    Raises Problem 422 that names all members that are wrong.
    """
    complaints = Complaints()
    if not isinstance(document, dict):
        complaints.add("", "must be an object")
        complaints.raise_if_any()
    known = {"id", "sku", "name", _PRICE_MEMBER[version], "quantity", "tags"}
    for name in document.keys() - known:
        complaints.add_member(name, "is not a member of an item")

    fields: Fields = {
        "name": document.get("name"),
        "sku": document.get("sku"),
        "quantity": document.get("quantity", 0),
        "tags": document.get("tags", []),
    }
    if not _is_text(fields["name"], _NAME):
        complaints.add("/name", "must be a string of 1 to 200 characters")
    if fields["sku"] is not None and not _is_text(fields["sku"], _SKU):
        complaints.add("/sku", "must be null or 1 to 40 of A-Z, 0-9 and -, and not start with -")
    if not _is_integer(fields["quantity"], MAX_QUANTITY):
        complaints.add("/quantity", f"must be an integer from 0 to {MAX_QUANTITY}")
    _check_tags(fields["tags"], complaints)
    parse_price = _parse_price_v1 if version == "v1" else _parse_price_v2
    fields |= parse_price(document.get(_PRICE_MEMBER[version]), complaints)
    complaints.raise_if_any()
    return fields


def merge_patch(target: Any, patch: Any) -> Any:
    """RFC 7396: `target` with `patch` applied."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


def _check_tags(tags: Any, complaints: Complaints) -> None:
    if not isinstance(tags, list):
        complaints.add("/tags", "must be an array")
        return
    if len(tags) > MAX_TAGS:
        complaints.add("/tags", f"must have {MAX_TAGS} elements at most")
    for index, tag in enumerate(tags):
        if not _is_text(tag, _TAG):
            complaints.add(f"/tags/{index}", "must be 1 to 30 of a-z, 0-9 and -")
        elif tag in tags[:index]:
            complaints.add(f"/tags/{index}", "occurs twice")


def _parse_price_v1(price: Any, complaints: Complaints) -> Fields:
    if not _is_integer(price, MAX_PRICE_CENTS):
        complaints.add("/price_cents", f"must be an integer from 0 to {MAX_PRICE_CENTS}")
    return {"price_cents": price}


def _parse_price_v2(price: Any, complaints: Complaints) -> Fields:
    if not isinstance(price, dict):
        complaints.add("/price", "must be an object")
        return {}
    for name in price.keys() - {"amount", "currency"}:
        complaints.add_member(name, "is not a member of a price", below="/price")
    if not _is_text(price.get("currency"), _CURRENCY):
        complaints.add("/price/currency", "must be three letters A-Z")
    cents = -1
    if _is_text(price.get("amount"), _AMOUNT):
        cents = int(price["amount"].replace(".", ""))
    if not 0 <= cents <= MAX_PRICE_CENTS:
        complaints.add("/price/amount", 'must be a string from "0.00" to "10000000.00"')
    return {"price_cents": cents, "currency": price.get("currency")}


def _is_text(value: Any, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_integer(value: Any, most: int) -> bool:
    # True is an int in Python, and not in JSON.
    return type(value) is int and 0 <= value <= most
