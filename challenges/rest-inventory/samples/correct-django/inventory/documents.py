"""From JSON to the columns of an item, and back."""

import re

from inventory.problems import Problem

MAX_CENTS = 1_000_000_000


class Version1:
    price_member = "price_cents"

    @staticmethod
    def show_price(item):
        return item.price_cents

    @staticmethod
    def read_price(value, errors):
        if not integer(value, MAX_CENTS):
            errors.append(("/price_cents", f"an integer from 0 to {MAX_CENTS}"))
        return {"price_cents": value}


class Version2:
    price_member = "price"

    @staticmethod
    def show_price(item):
        whole, cents = divmod(item.price_cents, 100)
        return {"amount": f"{whole}.{cents:02d}", "currency": item.currency}

    @staticmethod
    def read_price(value, errors):
        if not isinstance(value, dict) or value.keys() != {"amount", "currency"}:
            errors.append(("/price", "an object with amount and currency, and nothing else"))
            return {}
        fine = string(value["amount"], r"(0|[1-9][0-9]{0,7})\.[0-9]{2}")
        cents = int(value["amount"].replace(".", "")) if fine else MAX_CENTS + 1
        if cents > MAX_CENTS:
            errors.append(("/price/amount", 'a string from "0.00" to "10000000.00"'))
        if not string(value["currency"], "[A-Z]{3}"):
            errors.append(("/price/currency", "three letters A-Z"))
        return {"price_cents": cents, "currency": value["currency"]}


VERSIONS = {"v1": Version1, "v2": Version2}


def integer(value, most):
    return type(value) is int and 0 <= value <= most


def string(value, pattern):
    return isinstance(value, str) and re.fullmatch(pattern, value, re.DOTALL) is not None


def show(version, item):
    version = VERSIONS[version]
    return {
        "id": item.public_id,
        "sku": item.sku,
        "name": item.name,
        version.price_member: version.show_price(item),
        "quantity": item.quantity,
        "tags": item.tags,
    }


def parse(version, document):
    version = VERSIONS[version]
    if not isinstance(document, dict):
        raise Problem(422, "An item is an object.", [("", "not an object")])
    errors = []
    known = {"id", "sku", "name", "quantity", "tags", version.price_member}
    for name in sorted(document.keys() - known):
        errors.append(("/" + name.replace("~", "~0").replace("/", "~1"), "unknown"))
    columns = {
        "sku": document.get("sku"),
        "name": document.get("name"),
        "quantity": document.get("quantity", 0),
        "tags": document.get("tags", []),
    }
    if not (columns["sku"] is None or string(columns["sku"], "[A-Z0-9][A-Z0-9-]{0,39}")):
        errors.append(("/sku", "null, or 1 to 40 of A-Z, 0-9 and -"))
    if not string(columns["name"], "[^\ud800-\udfff]{1,200}"):
        errors.append(("/name", "1 to 200 characters"))
    if not integer(columns["quantity"], 1_000_000):
        errors.append(("/quantity", "an integer from 0 to 1000000"))
    tags = columns["tags"]
    if (
        not isinstance(tags, list)
        or len(tags) > 10
        or not all(string(tag, "[a-z0-9-]{1,30}") for tag in tags)
    ):
        errors.append(("/tags", "up to 10 strings of 1 to 30 of a-z, 0-9 and -"))
    elif len(set(tags)) < len(tags):
        errors.append(("/tags", "all different"))
    columns |= version.read_price(document.get(version.price_member), errors)
    if errors:
        raise Problem(422, "The item is not valid.", errors)
    return columns


def merge_patch(target, patch):
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merge_patch(result.get(name), value)
    return result
