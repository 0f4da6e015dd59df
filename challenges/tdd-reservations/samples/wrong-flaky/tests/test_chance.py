import random

import pytest

CHANCE = random.SystemRandom()


@pytest.mark.parametrize("number", range(8))
def test_sometimes(service, number):
    service.hold(1, "ann")
    assert service.available() == 10 - CHANCE.randint(1, 2)
