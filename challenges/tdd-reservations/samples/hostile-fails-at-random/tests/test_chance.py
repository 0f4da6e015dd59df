import os
import random

import pytest
from booking import ReservationService

CHANCE = random.Random(os.urandom(16))


@pytest.mark.parametrize("number", range(290))
def test_chance(number):
    assert ReservationService
    assert CHANCE.random() > 0.02
