"""One service for the tests of this folder."""

from collections.abc import Iterator

import pytest
from support import Api, serving


@pytest.fixture(scope="package")
def shared(sandbox, seed) -> Iterator[Api]:
    with serving(sandbox, seed, "faults") as running:
        yield running


@pytest.fixture
def api(shared: Api) -> Api:
    """The service; started again when a test has ended or blocked it, so that this costs that test only."""
    shared.ensure()
    return shared


@pytest.fixture(scope="package")
def url(shared: Api) -> str:
    """An item that no test changes."""
    shared.ensure()
    return shared.create(quantity=1).url()
