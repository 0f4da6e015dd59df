"""Wrong services: boundaries, state and errors. The submission's tests have to notice each one."""

from typing import Any

import pytest
from campaign import Campaign
from mutation import make_campaign, parameters, require_noticed

KINDS = ("boundary", "state", "errors")


@pytest.fixture(scope="module")
def campaign(sandbox: Any) -> Campaign:
    return make_campaign(sandbox, *KINDS)


@pytest.mark.parametrize("name", parameters(*KINDS))
def test_the_suite_notices(campaign: Campaign, name: str) -> None:
    require_noticed(campaign, name)
