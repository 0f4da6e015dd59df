"""One service for the tests of this folder."""

from collections.abc import Iterator

import pytest
from support import CROWD, Api, serving


@pytest.fixture(scope="package")
def shared(sandbox, seed) -> Iterator[Api]:
    with serving(sandbox, seed, "service") as running:
        yield running


@pytest.fixture
def api(shared: Api) -> Api:
    """The service; started again when a test has ended or blocked it, so that this costs that test only."""
    shared.ensure()
    return shared


@pytest.fixture(scope="package")
def crowd(shared: Api) -> tuple[str, list[str]]:
    """A tag and the ids of many items that have it; no test changes them."""
    shared.ensure()
    tag = shared.tag("crowd")
    return tag, [shared.create(tags=[tag, "everyone"]).id for _ in range(CROWD)]
