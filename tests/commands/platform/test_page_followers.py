"""Followers by pages: everything at least once in the order of the log; what is not taken keeps back what follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from adapters.bootstrap.automation import Automation
from adapters.bootstrap.seller_clock import SellerClock
from billing_core.parties.customers import Customer, CustomerRegistered
from commands.parties import RegisterCustomer
from commands.platform import page_followers
from commands.platform.event_log import RecordedEvent
from commands.platform.page_followers import PageFollower, PageUndelivered
from tests.operators import Operator

TEN = datetime(2026, 5, 10, 10, tzinfo=UTC)


class Receiver:
    """Takes pages of customers' numbers, except those that it refuses; or it is away."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.refuses = ""
        self.is_away = False

    def __call__(self, page: Sequence[RecordedEvent]) -> None:
        for entry in page:
            if self.is_away or entry.number == self.refuses:
                raise PageUndelivered("it is away" if self.is_away else "it is too large", entry.position)
            self.taken.append(entry.number)


class Following:
    """The follower `numbers`, with a clock that the test moves."""

    def __init__(self, operator: Operator, receiver: Receiver) -> None:
        self._operator = operator
        self.now = TEN
        clock = SellerClock(operator.application.store, operator.application.tables, now=lambda: self.now)
        follower = PageFollower("numbers", (CustomerRegistered,), receiver)
        self.automation = Automation(operator.application, (), {}, (), clock=clock, page_followers=[follower])
        self.deliveries = self.automation.deliveries

    def register(self, *numbers: str) -> list[int]:
        """Their positions."""
        customers = [Customer(number=number, kind="person", name="Ona") for number in numbers]
        return [self._operator.tell(RegisterCustomer(customer=customer)).position for customer in customers]

    def settle(self, after: timedelta = timedelta(0)) -> None:
        self.now += after
        self.automation.settle()

    def states(self) -> list[tuple[str, str, int]]:
        return [(each.delivery.stream, each.state, each.delivery.attempts) for each in self.deliveries.listed()]

    @property
    def lag(self) -> int:
        (lag,) = self.automation.follower_lags(self.now)
        return lag.lag_events


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def following(operator: Operator, receiver: Receiver) -> Following:
    return Following(operator, receiver)


def test_it_begins_at_the_start_of_the_log_and_delivers_each_event_in_order(following: Following, receiver: Receiver):
    following.register("C1", "C2")
    following.settle()
    following.register("C3")

    following.settle()
    following.settle()

    assert receiver.taken == ["C1", "C2", "C3"]
    assert (following.lag, following.states()) == (0, [])


def test_several_pages_are_delivered_one_after_the_other(
    following: Following, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(page_followers, "PAGE_EVENTS", 2)
    following.register("C1", "C2", "C3", "C4", "C5")

    following.settle()

    assert receiver.taken == ["C1", "C2", "C3", "C4", "C5"]


def test_a_receiver_that_is_away_is_tried_every_ten_seconds_and_has_everything_afterwards(
    following: Following, receiver: Receiver
):
    following.register("C1", "C2")
    receiver.is_away = True

    following.settle()
    following.settle(timedelta(seconds=9))
    assert (following.states(), following.lag) == ([("customer/C1", "waiting", 1)], 2)
    for _ in range(20):
        following.settle(timedelta(seconds=10))
    assert following.states() == [("customer/C1", "waiting", 21)]
    receiver.is_away = False
    following.register("C3")
    following.settle(timedelta(seconds=10))

    assert receiver.taken == ["C1", "C2", "C3"]
    assert (following.states(), following.lag) == ([], 0)


def test_what_was_taken_before_an_event_that_is_refused_is_not_delivered_again(
    following: Following, receiver: Receiver
):
    following.register("C1", "C2", "C3")
    receiver.refuses = "C2"

    following.settle()
    following.settle(timedelta(seconds=10))

    assert receiver.taken == ["C1"]
    assert (following.states(), following.lag) == ([("customer/C2", "waiting", 2)], 2)


def test_an_event_that_a_person_drops_is_passed_over(following: Following, receiver: Receiver):
    _, second, _ = following.register("C1", "C2", "C3")
    receiver.refuses = "C2"
    following.settle()

    following.deliveries.drop("numbers", second, "clerk", TEN, "too large")
    following.settle()

    assert receiver.taken == ["C1", "C3"]
    assert (following.states(), following.lag) == ([("customer/C2", "dropped", 1)], 0)


def test_a_failure_at_a_later_event_takes_the_place_of_the_one_before(following: Following, receiver: Receiver):
    following.register("C1", "C2")
    receiver.is_away = True
    following.settle()
    receiver.is_away, receiver.refuses = False, "C2"

    following.settle(timedelta(seconds=10))

    assert following.states() == [("customer/C2", "waiting", 1)]


def test_after_a_rewind_it_delivers_again_what_follows_the_position(following: Following, receiver: Receiver):
    first, *_ = following.register("C1", "C2", "C3")
    following.settle()

    following.deliveries.rewind("numbers", first)
    following.settle()

    assert receiver.taken == ["C1", "C2", "C3", "C2", "C3"]
