import pytest
from booking import ReservationService, SeatTaken
from fakes import FakeClock, FakeGateway, FakeNotifier


def test_all_seats_of_a_new_service_are_free(service):
    assert service.available() == 10


def test_a_hold_takes_its_seats(service):
    service.hold(3, "ann")
    assert service.available() == 7


def test_a_customer_may_have_several_holds(service):
    service.hold(3, "ann")
    service.hold(2, "ann")
    assert service.available() == 5


def test_the_last_seat_can_be_held(make_service):
    service = make_service(3)
    service.hold(3, "ann")
    assert service.available() == 0


def test_one_seat_more_than_are_free_is_refused(make_service):
    service = make_service(3)
    with pytest.raises(SeatTaken):
        service.hold(4, "ann")


def test_a_refused_hold_changes_nothing(make_service):
    service = make_service(3)
    service.hold(1, "ann")
    with pytest.raises(SeatTaken):
        service.hold(3, "bob")
    assert service.available() == 2
    service.hold(2, "bob")


def test_eight_seats_can_be_held_at_once(service):
    service.hold(8, "ann")
    assert service.available() == 2


@pytest.mark.parametrize("seats", [0, -1, -3, 9, 2.0, True, "2", None])
def test_any_other_number_of_seats_is_refused(service, seats):
    with pytest.raises(ValueError):
        service.hold(seats, "ann")
    assert service.available() == 10


@pytest.mark.parametrize("customer", ["", None, 7])
def test_a_customer_without_a_name_is_refused(service, customer):
    with pytest.raises(ValueError):
        service.hold(1, customer)
    assert service.available() == 10


def test_ids_differ_even_after_a_cancellation(service):
    first = service.hold(1, "ann")
    second = service.hold(2, "bob")
    service.cancel(first)
    third = service.hold(3, "cid")
    assert len({first, second, third}) == 3
    assert service.available() == 5


def test_holding_pays_and_notifies_nothing(service, gateway, notifier):
    service.hold(2, "ann")
    assert gateway.charges == []
    assert notifier.notices == []


@pytest.mark.parametrize("capacity", [0, -1, 2.0, True, "9", None])
def test_a_capacity_that_is_no_whole_number_from_one_is_refused(make_service, capacity):
    with pytest.raises(ValueError):
        make_service(capacity)


def test_a_capacity_of_one_is_enough(make_service):
    assert make_service(1).available() == 1


def test_two_services_share_nothing(service):
    other = ReservationService(10, FakeClock(), FakeGateway(), FakeNotifier())
    service.hold(3, "ann")
    assert other.available() == 10
