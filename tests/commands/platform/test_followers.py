"""Followers: an event reaches the outside at least once, in the order of its stream, or is a dead letter."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from adapters.bootstrap.automation import Automation
from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.registry import PROJECTIONS
from adapters.bootstrap.seller_clock import SellerClock
from billing_core.kernel.errors import ConnectionLost, NotFound, TookTooLong
from billing_core.parties.customers import Customer, CustomerChanged, CustomerRegistered
from billing_core.party_changes import CustomerChanges
from commands.forgetting import ForgetCustomer
from commands.parties import ChangeCustomer, RegisterCustomer
from commands.platform.deliveries import DELAYS, next_try_at
from commands.platform.followers import Delivery, Follower, Undeliverable
from projections.platform.rebuild import rebuild
from tests.commands.conftest import StartProcess
from tests.operators import Operator, application_on, wait_until_held_up

TEN = datetime(2026, 5, 10, 10, tzinfo=UTC)


class Outside:
    """A file that a delivery is a line of: its key, the name it tells, and which try it is. It may be out of order."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.path.touch()
        self.error: Exception | None = None
        self.refuses = ""

    def __call__(self, delivery: Any) -> None:
        if self.error is not None and self.refuses in (delivery.entry.number, ""):
            raise self.error
        with self.path.open("a") as file:
            file.write(f"{delivery.key} {delivery.entry.event.customer.name} {delivery.attempt}\n")

    @property
    def lines(self) -> list[list[str]]:
        return [line.split() for line in self.path.read_text().splitlines()]

    @property
    def names(self) -> list[str]:
        return [name for _, name, _ in self.lines]


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    return Outside(tmp_path / "outside.txt")


class Following:
    """A follower of customers' names, with a clock that the test moves."""

    def __init__(self, operator: Operator, follower: Follower) -> None:
        self.now = TEN
        clock = SellerClock(operator.application.store, operator.application.tables, now=lambda: self.now)
        self.automation = Automation(operator.application, (), {}, [follower], clock=clock)
        self.automation.register()
        self.deliveries = self.automation.deliveries

    def settle(self, after: timedelta = timedelta(0)) -> None:
        self.now += after
        self.automation.settle()

    def states(self) -> list[tuple[str, str, int]]:
        return [(each.delivery.stream, each.state, each.delivery.attempts) for each in self.deliveries.listed()]


def names(outside: Outside) -> Follower:
    return Follower("names", (CustomerRegistered, CustomerChanged), outside)


def register(operator: Operator, number: str, name: str) -> int:
    return operator.tell(RegisterCustomer(customer=Customer(number=number, kind="person", name=name))).position


def rename(operator: Operator, number: str, name: str) -> int:
    return operator.tell(ChangeCustomer(number=number, changes=CustomerChanges(kind="person", name=name))).position


def test_every_event_of_its_kinds_is_delivered_in_order_with_a_key_of_its_own(operator: Operator, outside: Outside):
    following = Following(operator, names(outside))
    register(operator, "C1", "Ona")
    rename(operator, "C1", "Anna")
    register(operator, "C2", "Petr")

    following.settle()
    following.settle()

    assert outside.names == ["Ona", "Anna", "Petr"]
    assert len({key for key, _, _ in outside.lines}) == 3
    assert following.states() == []


def test_a_look_ends_with_a_try_that_failed_so_that_a_process_can_end_between_two(operator: Operator, outside: Outside):
    following = Following(operator, names(outside))
    register(operator, "C1", "Ona")
    register(operator, "C2", "Petr")
    outside.error = OSError("nobody answers")
    (runner,) = following.automation.followers

    assert runner.advance() == 1
    assert following.states() == [("customer/C1", "waiting", 1)]
    assert (runner.advance(), runner.advance()) == (1, 0)
    outside.error = None
    following.now += timedelta(seconds=5)
    assert (runner.advance(), outside.names) == (2, ["Ona", "Petr"])


def test_a_follower_that_begins_at_a_position_delivers_what_comes_after_it_without_what_is_personal(
    operator: Operator, outside: Outside
):
    register(operator, "C1", "Ona")
    begins = register(operator, "C2", "Petr")
    register(operator, "C3", "Eva")

    Following(operator, Follower("late", (CustomerRegistered,), outside, begins, sees_personal=False)).settle()

    assert outside.names == ["erased"]


def test_a_follower_added_late_begins_now_or_at_the_start_as_it_declares(operator: Operator, outside: Outside):
    register(operator, "C1", "Ona")
    now = Following(operator, names(outside))
    now.settle()
    assert outside.names == []

    register(operator, "C2", "Petr")
    Following(operator, names(outside)._replace(name="all-names", begins="start")).settle()
    assert outside.names == ["Ona", "Petr"]
    now.settle()
    assert outside.names == ["Ona", "Petr", "Petr"]


def test_tries_are_spaced_by_growing_delays_and_then_there_is_none():
    assert next_try_at(1, TEN) == TEN + timedelta(seconds=5)
    assert next_try_at(4, TEN) == TEN + timedelta(minutes=10)
    assert next_try_at(7, TEN) == TEN + timedelta(days=1)
    assert next_try_at(8, TEN) is None
    assert sorted(DELAYS) == list(DELAYS)


def test_a_delivery_that_fails_is_tried_again_with_the_same_key_while_other_streams_go_on(
    operator: Operator, outside: Outside
):
    following = Following(operator, names(outside))
    outside.error, outside.refuses = OSError("no route"), "C1"
    register(operator, "C1", "Ona")
    rename(operator, "C1", "Anna")
    register(operator, "C2", "Petr")

    following.settle()
    assert outside.names == ["Petr"]
    assert following.states() == [("customer/C1", "waiting", 1), ("customer/C1", "waiting", 0)]
    assert following.deliveries.listed()[0].delivery.error == "OSError: no route"

    following.settle(timedelta(seconds=4))
    assert following.states()[0][2] == 1  # Its time has not come.
    following.settle(timedelta(seconds=1))
    assert following.states()[0][2] == 2

    outside.error = None
    following.settle(timedelta(seconds=29))
    assert outside.names == ["Petr"]
    following.settle(timedelta(seconds=1))
    assert outside.names == ["Petr", "Ona", "Anna"]
    assert following.states() == []
    assert outside.lines[1][2] == "3"  # The third try.


def test_a_clock_that_goes_back_delays_a_try_and_one_that_jumps_ahead_makes_it_once(
    operator: Operator, outside: Outside
):
    following = Following(operator, names(outside))
    outside.error, outside.refuses = OSError("no answer"), "C1"
    register(operator, "C1", "Ona")
    following.settle()
    outside.error = None

    following.settle(timedelta(hours=-1))
    register(operator, "C2", "Petr")
    following.settle()
    assert (outside.names, following.states()) == (["Petr"], [("customer/C1", "waiting", 1)])

    following.settle(timedelta(days=400))
    following.settle(timedelta(days=-400))
    assert [(name, attempt) for _, name, attempt in outside.lines] == [("Petr", "1"), ("Ona", "2")]


def test_four_who_follow_at_once_deliver_every_event_once_and_in_order(operator: Operator, outside: Outside):
    following = Following(operator, names(outside))
    register(operator, "C1", "Name0")
    for number in range(1, 20):
        rename(operator, "C1", f"Name{number}")

    def follow(_: int) -> None:
        with application_on(operator.database_url) as application:
            Automation(application, (), {}, [names(outside)]).settle()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(follow, range(4)))
    following.settle()

    assert outside.names == [f"Name{number}" for number in range(20)]


def test_after_the_last_try_it_is_a_dead_letter_and_what_waited_behind_it_goes_on(operator: Operator, outside: Outside):
    following = Following(operator, names(outside))
    outside.error = OSError("no route")
    position = register(operator, "C1", "Ona")
    following.settle()
    for delay in DELAYS:
        assert following.states() == [("customer/C1", "waiting", DELAYS.index(delay) + 1)]
        following.settle(delay)

    assert following.states() == [("customer/C1", "dead", 8)]
    outside.error = None
    rename(operator, "C1", "Anna")
    following.settle(timedelta(days=30))
    assert outside.names == ["Anna"]

    following.deliveries.replay("names", position, "clerk", TEN)
    following.settle()
    assert (outside.names, following.states()) == (["Anna", "Ona"], [])


def test_what_can_never_succeed_is_a_dead_letter_at_once_and_is_dropped_for_a_reason(
    operator: Operator, outside: Outside
):
    following = Following(operator, names(outside))
    outside.error = Undeliverable("no such address")
    position = register(operator, "C1", "Ona")
    following.settle()
    assert following.states() == [("customer/C1", "dead", 1)]

    following.deliveries.drop("names", position, "clerk", TEN, "moved away")
    following.settle(timedelta(days=30))

    (listed,) = following.deliveries.listed()
    assert (listed.state, listed.decided_by, listed.decided_reason) == ("dropped", "clerk", "moved away")
    with pytest.raises(NotFound, match="neither waits nor is a dead letter"):
        following.deliveries.replay("names", position, "clerk", TEN)


def test_a_delivery_that_waits_is_replayed_or_dropped_without_waiting_for_its_last_try(
    operator: Operator, outside: Outside
):
    following = Following(operator, names(outside))
    outside.error = OSError("no route")
    first, second = register(operator, "C1", "Ona"), register(operator, "C2", "Petr")
    following.settle()
    outside.error = None

    following.deliveries.replay("names", first, "clerk", TEN)
    following.deliveries.drop("names", second, "clerk", TEN, "moved away")
    following.settle()

    assert (outside.names, following.states()) == (["Ona"], [("customer/C2", "dropped", 1)])


@pytest.mark.parametrize("error", [None, OSError("no route")])
def test_a_delivery_that_is_dropped_while_it_is_tried_stays_dropped(operator: Operator, error: Exception | None):
    def deliver(delivery: Delivery) -> None:
        if delivery.attempt == 1:
            raise OSError("no route")
        following.deliveries.drop("names", delivery.entry.position, "clerk", TEN, "moved away")
        if error is not None:
            raise error

    following = Following(operator, Follower("names", (CustomerRegistered,), deliver))
    register(operator, "C1", "Ona")
    following.settle()
    following.settle(DELAYS[0])

    assert following.states() == [("customer/C1", "dropped", 1)]


def test_a_delivery_that_waits_is_a_dead_letter_if_the_program_no_longer_follows_its_event(
    operator: Operator, outside: Outside
):
    outside.error = OSError("no route")
    before = Following(operator, names(outside))
    position = register(operator, "C1", "Ona")
    before.settle()
    outside.error = None

    now = Following(operator, Follower("names", (CustomerChanged,), outside))
    register(operator, "C2", "Petr")
    rename(operator, "C2", "Petar")
    now.settle(DELAYS[0])

    assert (outside.names, now.states()) == (["Petar"], [("customer/C1", "dead", 1)])
    assert now.deliveries.listed()[0].delivery.error == "this program no longer follows such events"
    now.deliveries.drop("names", position, "clerk", TEN, "nobody asks")


def test_our_own_database_being_away_is_no_failed_delivery(operator: Operator, outside: Outside):
    following = Following(operator, names(outside))
    outside.error = ConnectionLost("away")
    register(operator, "C1", "Ona")
    with pytest.raises(ConnectionLost):
        following.settle()
    assert following.states() == []

    outside.error = None
    following.settle()
    assert outside.names == ["Ona"]


KILLED_AT = """
    import os, signal, sys
    from pathlib import Path
    from unittest.mock import patch
    from adapters.bootstrap.application import Application
    from tests.commands.platform.test_followers import Following, Outside, names
    from tests.operators import Operator, wait_until_held_up

    url, file = sys.argv[1:]
    with patch("adapters.postgres.followers.move_from", lambda *_: os.kill(os.getpid(), signal.SIGKILL)):
        Following(Operator(Application(url), url), names(Outside(Path(file)))).settle()
"""


def test_a_process_that_is_killed_after_a_delivery_repeats_it_with_the_same_key(
    operator: Operator, outside: Outside, start_process: StartProcess
):
    following = Following(operator, names(outside))
    register(operator, "C1", "Ona")
    register(operator, "C2", "Petr")
    killed = start_process(KILLED_AT, operator.database_url, str(outside.path))
    assert killed.wait(60) == -signal.SIGKILL
    assert outside.names == ["Ona"]

    following.settle()

    assert outside.names == ["Ona", "Ona", "Petr"]
    first, again, other = (key for key, _, _ in outside.lines)
    assert first == again != other


def test_a_delivery_that_takes_too_long_fails_like_any_other(operator: Operator, outside: Outside):
    following = Following(operator, names(outside))
    outside.error = TookTooLong("it kept others waiting")
    register(operator, "C1", "Ona")

    following.settle()

    assert following.states() == [("customer/C1", "waiting", 1)]


@contextmanager
def taking() -> Iterator[tuple[str, int, list[bytes]]]:
    """A server on a socket that keeps what it is sent."""
    taken: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                taken.append(connection.recv(1024))
                connection.sendall(b"ok")

        thread = Thread(target=serve)
        thread.start()
        yield *server.getsockname(), taken
        thread.join(30)


def test_a_follower_reaches_a_socket_that_comes_up_later(operator: Operator):
    address: list[tuple[str, int]] = []

    def deliver(delivery: Delivery) -> None:
        with socket.create_connection(address[0] if address else ("127.0.0.1", 1), 5) as connection:
            connection.sendall(str(delivery.key).encode())
            assert connection.recv(2) == b"ok"

    following = Following(operator, Follower("hook", (CustomerRegistered,), deliver))
    register(operator, "C1", "Ona")
    following.settle()
    (listed,) = following.deliveries.listed()
    assert "ConnectionRefusedError" in listed.delivery.error

    with taking() as (host, port, taken):
        address.append((host, port))
        following.settle(DELAYS[0])

    assert (len(taken), following.states()) == (1, [])


def test_a_customer_who_is_forgotten_is_in_no_error(operator: Operator, outside: Outside):
    following = Following(operator, names(outside))
    outside.error = Undeliverable("ona@example.org does not exist")
    register(operator, "C1", "Ona")
    register(operator, "C2", "Petr")
    following.settle()

    forget = ForgetCustomer(customer="C1", ordered_by="Ona", reason="request")
    operator.application.forgetting.forget(forget, origin_of_process("clerk"))

    assert [each.delivery.error for each in following.deliveries.listed()] == ["erased", str(outside.error)]


def test_a_customer_is_forgotten_after_the_delivery_that_has_read_the_name_has_ended(operator: Operator):
    reached, goes_on = Event(), Event()

    def deliver(delivery: Delivery) -> None:
        reached.set()
        assert goes_on.wait(60)
        assert isinstance(delivery.entry.event, CustomerRegistered)
        raise Undeliverable(f"{delivery.entry.event.customer.name}@example.org does not exist")

    following = Following(operator, Follower("names", (CustomerRegistered,), deliver))
    register(operator, "C1", "Ona")
    forget = ForgetCustomer(customer="C1", ordered_by="Ona", reason="request")
    with ThreadPoolExecutor(2) as threads:
        settled = threads.submit(following.settle)
        assert reached.wait(60)
        forgotten = threads.submit(operator.application.forgetting.forget, forget, origin_of_process("clerk"))
        try:
            wait_until_held_up(operator)
        finally:
            goes_on.set()
        settled.result(60)
        forgotten.result(60)

    assert [each.delivery.error for each in following.deliveries.listed()] == ["erased"]


def test_a_rebuild_delivers_nothing(operator: Operator, outside: Outside):
    following = Following(operator, names(outside))
    register(operator, "C1", "Ona")
    following.settle()

    rebuild(operator.application.log, operator.application.tables, PROJECTIONS, PROJECTIONS)
    following.settle()

    assert outside.names == ["Ona"]
