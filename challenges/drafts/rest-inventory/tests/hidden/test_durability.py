"""What was acknowledged survives SIGKILL."""

import pytest
from support import MEMBERS, make_request, only, serving

pytestmark = pytest.mark.group("durability")

BURST = 12


def test_what_was_answered_survives_sigkill(sandbox, seed) -> None:
    with serving(sandbox, seed, "durability") as api:
        for _ in range(2):
            tag = api.tag()
            kept = [api.create(tags=[tag], sku=api.sku(), quantity=n) for n in range(5)]
            doomed, changed, replaced = kept[0], kept[1], kept[2]
            assert api.send("DELETE", doomed.url()).ok
            api.changed("PUT", replaced.url(), api.draft(tags=[tag], name="Replaced"))
            burst = [make_request("POST", "/v1/items", api.draft(tags=[tag])) for _ in range(BURST)]
            answers = api.volley(burst)
            # The last change is answered right before the end.
            last = api.change("PATCH", changed.url(), {"quantity": 77})
            api.kill()
            assert last.ok
            assert all(answer.ok for answer in answers)
            api.start()

            found = {item["id"]: item for item in api.tagged(tag)}
            expected = {item.id for item in kept[1:]} | {answer.members()["id"] for answer in answers}
            assert found.keys() == expected
            assert api.read(changed.url())["quantity"] == 77
            assert api.read(replaced.url())["name"] == "Replaced"
            assert only(api.read(kept[3].url()), *MEMBERS) == only(kept[3].body, *MEMBERS)
            assert not api.send("GET", doomed.url()).ok
