"""Any sequence of actions, against a model that is nothing but counting."""

import pytest
from booking import ReservationService, SeatTaken, UnknownHold
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

CAPACITY = 15


class Machine(RuleBasedStateMachine):
    holds = Bundle("holds")
    sales = Bundle("sales")
    gone = Bundle("gone")

    def __init__(self):
        super().__init__()
        self.taken = {}
        self.notices = []
        self.expected = []
        self.service = ReservationService(CAPACITY, self, self, self)

    def now(self):
        return 7

    def charge(self, token, amount):
        return True

    def send(self, customer, amount):
        self.notices.append((customer, amount))

    @rule(target=holds, seats=st.integers(1, 8), customer=st.sampled_from("ab"))
    def hold(self, seats, customer):
        if seats > CAPACITY - sum(self.taken.values()):
            with pytest.raises(SeatTaken):
                self.service.hold(seats, customer)
            return None
        made = self.service.hold(seats, customer)
        assert made not in self.taken
        self.taken[made] = seats
        return made, seats, customer

    @rule(target=sales, held=consumes(holds))
    def confirm(self, held):
        if held is None:
            return None
        made, seats, customer = held
        total = self.service.confirm(made, "tok", 10)
        assert total == seats * 10 - (seats if seats >= 5 else 0)
        self.expected.append((customer, total))
        return made, customer, total

    @rule(target=gone, held=consumes(holds))
    def cancel(self, held):
        if held is None:
            return None
        self.service.cancel(held[0])
        del self.taken[held[0]]
        return held[0]

    @rule(target=gone, sale=consumes(sales))
    def refund(self, sale):
        if sale is None:
            return None
        made, customer, total = sale
        self.service.cancel(made)
        del self.taken[made]
        self.expected.append((customer, -total))
        return made

    @rule(made=gone)
    def repeat(self, made):
        if made is None:
            return
        with pytest.raises(UnknownHold):
            self.service.cancel(made)
        with pytest.raises(UnknownHold):
            self.service.confirm(made, "tok", 10)

    @invariant()
    def counts(self):
        assert self.service.available() == CAPACITY - sum(self.taken.values())
        assert self.notices == self.expected


def test_a_story_that_chance_may_miss():
    machine = Machine()
    first, second = machine.hold(3, "a"), machine.hold(2, "a")
    machine.counts()
    gone = machine.cancel(first)
    machine.counts()
    third = machine.hold(4, "b")
    sale = machine.confirm(second)
    machine.counts()
    machine.repeat(gone)
    machine.counts()
    gone = machine.refund(sale)
    machine.repeat(gone)
    machine.counts()
    machine.confirm(third)
    machine.counts()


Machine.TestCase.settings = settings(max_examples=2, stateful_step_count=10)
TestMachine = Machine.TestCase
