"""What a request says, read strictly: body, preconditions, paging."""

import hashlib
import json
import re
from typing import Any

from flask import Request

from inventory.items import Item
from inventory.problems import Problem

MAX_BODY_BYTES = 65_536
DEFAULT_LIMIT, MAX_LIMIT = 20, 100
MEDIA_TYPES = {"POST": "application/json", "PUT": "application/json", "PATCH": "application/merge-patch+json"}


def read_json(request: Request) -> Any:
    """The body as JSON. Raises Problem 400, 413 or 415."""
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise Problem(413, f"A body has at most {MAX_BODY_BYTES} bytes.")
    if request.mimetype != MEDIA_TYPES[request.method]:
        raise Problem(415, f"The body of a {request.method} is {MEDIA_TYPES[request.method]}.")
    try:
        return json.loads(request.get_data().decode("utf-8"))
    except (ValueError, RecursionError):
        raise Problem(400, "The body is not JSON in UTF-8.") from None


def fingerprint(document: Any) -> str:
    """Equal for documents that are equal as JSON."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def read_limit(request: Request) -> int:
    """The page size. Raises Problem 400."""
    text = request.args.get("limit", str(DEFAULT_LIMIT))
    if re.fullmatch("[0-9]+", text) is None or not text.strip("0"):
        raise Problem(400, "limit must be a positive integer.")
    return MAX_LIMIT if len(text.lstrip("0")) > len(str(MAX_LIMIT)) else min(int(text), MAX_LIMIT)


def check_if_match(request: Request, item: Item, *, required: bool) -> None:
    """Raises Problem 412 when there is an If-Match that does not match, 428 when there must be one."""
    header = request.headers.get("If-Match")
    if header is None:
        if required:
            raise Problem(428, "A change needs If-Match with the ETag that it is based on.")
    elif not _has_tag(header, item.etag):
        raise Problem(412, "The item has changed since.")


def is_unchanged(request: Request, item: Item) -> bool:
    """Whether If-None-Match matches, by weak comparison."""
    header = request.headers.get("If-None-Match")
    return header is not None and _has_tag(re.sub(r'\bW/(?=")', "", header), item.etag)


def _has_tag(header: str, etag: str) -> bool:
    return header.strip() == "*" or etag in [tag.strip() for tag in header.split(",")]
