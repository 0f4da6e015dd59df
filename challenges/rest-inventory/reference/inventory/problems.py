"""Errors as RFC 9457 problem documents."""

from http import HTTPStatus
from typing import Any

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """An error that the client is told about. Anything else that is raised is a fault of ours."""

    def __init__(self, status: int, detail: str, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors

    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors is not None:
            document["errors"] = self.errors
        return document


class Complaints:
    """Collects everything that is wrong with a document, to say it all at once."""

    def __init__(self) -> None:
        self._errors: list[dict[str, str]] = []

    def add(self, pointer: str, detail: str) -> None:
        self._errors.append({"pointer": pointer, "detail": detail})

    def add_member(self, name: str, detail: str, below: str = "") -> None:
        escaped = name.replace("~", "~0").replace("/", "~1")
        self.add(f"{below}/{escaped}", detail)

    def raise_if_any(self) -> None:
        if self._errors:
            raise Problem(422, "The item is not valid.", self._errors)
