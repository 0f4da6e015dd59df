"""Opaque cursors: a position and the filter it belongs to, with a signature."""

import base64
import binascii
import hmac
import json

from inventory.problems import Problem

_SIGNATURE_BYTES = 16


class Cursors:
    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def issue(self, scope: str, tag: str | None, position: int) -> str:
        payload = json.dumps([scope, tag, position]).encode()
        return base64.urlsafe_b64encode(self._sign(payload) + payload).decode().rstrip("=")

    def read(self, cursor: str, scope: str, tag: str | None) -> int:
        """The position. Raises Problem 400 unless the cursor was issued here, for this scope and filter."""
        payload = self._verified(cursor)
        if payload is None:
            raise Problem(400, "The cursor was not issued by this service.")
        issued_scope, issued_tag, position = json.loads(payload)
        if (issued_scope, issued_tag) != (scope, tag):
            raise Problem(400, "The cursor was issued for another filter.")
        return int(position)

    def _verified(self, cursor: str) -> bytes | None:
        try:
            raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except (ValueError, binascii.Error):
            return None
        # Base64 can spell the same bytes in several ways; only ours was issued.
        if base64.urlsafe_b64encode(raw).decode().rstrip("=") != cursor:
            return None
        signature, payload = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        return payload if hmac.compare_digest(signature, self._sign(payload)) else None

    def _sign(self, payload: bytes) -> bytes:
        return hmac.digest(self._secret, payload, "sha256")[:_SIGNATURE_BYTES]
