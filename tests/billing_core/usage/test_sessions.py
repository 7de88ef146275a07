from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import InvalidValue
from billing_core.usage.sessions.messages import (
    Added,
    Counter,
    CountersRead,
    Identity,
    Kind,
    Message,
    Session,
    added,
    end,
    happened_at,
    is_silent,
    require_possible,
    take,
)
from billing_core.usage.sessions.records import by_day, usage_of
from tests.billing_core.usage.session_totals import total

BEGUN = datetime(2026, 11, 1, 10, tzinfo=UTC)
GIB = 2**30


def message(
    kind: Kind, minutes: int, bytes_in: int = 0, *, seconds: int | None = None, wide: bool = True, user: str = "bob"
) -> Message:
    """A message of a session that began at 10:00."""
    return Message(
        "nas1", "S1", kind, BEGUN + timedelta(minutes=minutes), user, "10.1.2.3",
        minutes * 60 if seconds is None else seconds, Counter(bytes_in, wide), Counter(bytes_in // 10, wide),
    )  # fmt: skip


class Accounted:
    """A session as messages come in, with what was stored of them."""

    def __init__(self) -> None:
        self.session: Session | None = None
        self.known: set[Identity] = set()
        self.reads: list[CountersRead] = []
        self.added: list[Added] = []

    def take(self, messages: Iterable[Message]) -> Accounted:
        for each in messages:
            if each.identity in self.known:
                continue
            self.known.add(each.identity)
            more = None
            if read := each.counters:
                place = bisect_left(self.reads, read)
                before = self.reads[place - 1] if place else None
                more = added(before, read, self.reads[place] if place < len(self.reads) else None)
                self.reads.insert(place, read)
                self.added.append(more)
            self.session = take(self.session, each, more)
        return self

    @property
    def now(self) -> Session:
        assert self.session is not None
        return self.session


def bytes_in_of(*messages: Message) -> list[int]:
    return [more.bytes_in for more in Accounted().take(messages).added]


def test_each_message_adds_what_the_counters_went_up() -> None:
    found = Accounted().take([message("start", 0), message("interim", 5, 1000), message("stop", 12, 1700)])
    assert found.added == [
        Added(BEGUN, BEGUN + timedelta(minutes=5), 300, 1000, 100),
        Added(BEGUN + timedelta(minutes=5), BEGUN + timedelta(minutes=12), 420, 700, 70),
    ]
    assert (found.now.seconds, found.now.bytes_in, found.now.bytes_out) == (720, 1700, 170)
    assert not found.now.is_open
    assert found.now.ended_by == "stop"


def test_a_session_whose_start_was_lost_began_its_session_time_ago() -> None:
    found = Accounted().take([message("interim", 30, 1000)])
    assert found.added == [Added(BEGUN, BEGUN + timedelta(minutes=30), 1800, 1000, 100)]
    assert found.now.begun_at == BEGUN


def test_a_repeated_message_adds_nothing_though_it_came_without_a_date_and_later() -> None:
    first = message("interim", 5, 1000)._replace(is_dated=False)
    again = first._replace(at=first.at + timedelta(minutes=20))
    assert bytes_in_of(first, message("interim", 10, 3000), again) == [1000, 2000]


def test_a_late_message_adds_nothing_to_what_its_successor_has_added() -> None:
    assert bytes_in_of(message("interim", 5, 1000), message("interim", 15, 5000), message("interim", 10, 2000)) == [
        1000,
        4000,
        0,
    ]


def test_a_late_message_adds_what_a_restart_of_the_counters_had_hidden() -> None:
    before, hidden = message("interim", 5, 1000), message("interim", 10, 6000)
    restarted = message("interim", 15, 100, seconds=60)
    assert bytes_in_of(before, restarted, hidden) == [1000, 100, 5000]
    assert bytes_in_of(before, hidden, restarted) == [1000, 5000, 100]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (message("interim", 5, 1000), message("interim", 10, 400), 400),  # The counter was cleared.
        (message("interim", 5, 100), message("interim", 10, 150, seconds=200), 150),  # The session time went back.
        (message("interim", 5, 100), message("interim", 6, 150, seconds=59), 150),
        # It says that it began at 10:35, after the reading of 10:05.
        (message("interim", 5, 100), message("interim", 45, 150, seconds=600), 150),
        (message("interim", 5, 4_000_000_000, wide=False), message("interim", 10, 5_032_704, wide=False), 300_000_000),
        (message("interim", 5, 4_000_000_000), message("interim", 10, 5_032_704), 5_032_704),
        # From the third quarter: it may have wrapped or been cleared, and the less is counted.
        (message("interim", 5, 3 * GIB - 1, wide=False), message("interim", 10, 7, wide=False), 7),
        # A server that states high words only if there are any.
        (message("interim", 5, 4_000_000_000, wide=False), message("interim", 10, 5_000_000_000), 1_000_000_000),
    ],
)
def test_counters_that_go_back_have_wrapped_or_started_anew(before: Message, after: Message, expected: int) -> None:
    assert bytes_in_of(before, after)[1] == expected


def test_a_late_interim_after_the_stop_leaves_the_session_closed() -> None:
    found = Accounted().take([message("stop", 12, 1700), message("interim", 5, 1000)])
    assert not found.now.is_open
    assert (found.now.bytes_in, found.now.seconds) == (1700, 720)


def test_an_interim_of_later_than_the_stop_opens_the_session_again() -> None:
    found = Accounted().take([message("stop", 12, 1700), message("interim", 15, 1900)])
    assert found.now.is_open
    assert found.now.bytes_in == 1900


def test_a_restart_of_the_server_closes_what_was_not_heard_of_since() -> None:
    session = Accounted().take([message("interim", 5, 1000)]).now
    ended = end(session, BEGUN + timedelta(minutes=6), "server")
    assert (ended.is_open, ended.ended_by) == (False, "server")
    assert end(session, BEGUN + timedelta(minutes=4), "server").is_open


def test_a_session_is_silent_after_three_of_its_intervals() -> None:
    asked = message("interim", 5, 1000)._replace(interim_seconds=300)
    session = Accounted().take([asked]).now
    assert not is_silent(session, BEGUN + timedelta(minutes=19, seconds=59))
    assert is_silent(session, BEGUN + timedelta(minutes=20))
    assert is_silent(Accounted().take([message("interim", 5)]).now, BEGUN + timedelta(minutes=35))
    assert not is_silent(Accounted().take([message("stop", 5)]).now, BEGUN + timedelta(days=1))


def test_the_newest_message_says_who_the_user_is() -> None:
    found = Accounted().take([message("interim", 10, user="eve"), message("start", 0), message("interim", 5, user="")])
    assert found.now.subscriber == "eve"


def test_a_message_happened_when_it_says_unless_that_cannot_be() -> None:
    received, minute = BEGUN, timedelta(minutes=1)
    assert happened_at(received - 2 * minute, 0, received) == received - 2 * minute
    assert happened_at(datetime(1970, 1, 1, tzinfo=UTC), 30, received) == received - minute / 2
    assert happened_at(received + 60 * minute, 30, received) == received - minute / 2
    assert happened_at(None, 0, received) == received
    assert happened_at(None, 2**32, received) == received - timedelta(days=7)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (message("stop", 5, seconds=2**31), "seconds"),
        (message("stop", 5, 2**63), "bytes_in"),
        (message("stop", 5)._replace(bytes_out=Counter(-1)), "bytes_out"),
    ],
)
def test_what_cannot_be_counted_is_refused(wrong: Message, field: str) -> None:
    with pytest.raises(InvalidValue, match=field):
        require_possible(wrong)


# --- any device, any order, any repetition


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Message], int, int]:
    """The messages of a session on a device that may restart within it, and the true bytes and seconds."""
    wide = draw(st.sampled_from(["always", "never", "if over zero"]))
    step = st.tuples(
        st.integers(1, 4000), st.integers(0, GIB if wide == "never" else 2**34), st.integers(0, GIB), st.booleans()
    )
    at, seconds, counted, uploaded, whole, spent = BEGUN, 0, 0, 0, 0, 0
    messages = [Message("nas1", "S1", "start", at, "bob")]
    restarts = 0
    for elapsed, down, up, restarts_after in draw(st.lists(step, min_size=1, max_size=12)):
        at, seconds, counted, uploaded = (
            at + timedelta(seconds=elapsed),
            seconds + elapsed,
            counted + down,
            uploaded + up,
        )
        whole, spent = whole + down, spent + elapsed

        def stated(count: int) -> Counter:
            if wide == "never":
                return Counter(count % 2**32)
            return Counter(count, wide == "always" or count >= 2**32)

        messages.append(Message("nas1", "S1", "interim", at, "bob", "", seconds, stated(counted), stated(uploaded)))
        if restarts_after and restarts < 3:
            # A device is away for longer than its clock may err.
            restarts, at = restarts + 1, at + timedelta(minutes=2)
            seconds = counted = uploaded = 0
    return messages, whole, spent


@given(histories(), st.data())
def test_any_order_and_repetition_of_messages_adds_up_to_what_was_used(
    history: tuple[list[Message], int, int], data: st.DataObject
) -> None:
    messages, whole, spent = history
    again = data.draw(st.lists(st.sampled_from(messages), max_size=8))
    shuffled = data.draw(st.permutations(messages + again))
    found = Accounted().take(shuffled)
    assert (found.now.bytes_in, found.now.seconds) == (whole, spent)
    in_order = Accounted().take(messages).now
    assert found.now == in_order
    by_definition = total(shuffled)
    assert by_definition is not None
    assert (by_definition.bytes_in, by_definition.bytes_out) == (in_order.bytes_in, in_order.bytes_out)
    assert sum(more.bytes_in for more in found.added) == whole


@given(
    st.lists(
        st.builds(
            message, st.sampled_from(["interim", "stop", "start"]), st.integers(0, 60), st.integers(0, 2**33),
            seconds=st.integers(0, 4000), wide=st.booleans(),
        ), max_size=12,
    )
)  # fmt: skip
def test_whatever_a_device_states_nothing_is_taken_back(messages: list[Message]) -> None:
    assert all(min(more[2:]) >= 0 and more.since <= more.until for more in Accounted().take(messages).added)


# --- records


def test_an_interval_is_cut_at_midnight_in_proportion() -> None:
    since = datetime(2026, 11, 30, 22, 50, tzinfo=UTC)
    parts = list(by_day(Added(since, since + timedelta(minutes=30), 1800, 100, 10), ZoneInfo("Europe/Prague")))
    midnight = datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert parts == [Added(since, midnight, 600, 33, 3), Added(midnight, midnight + timedelta(minutes=20), 1200, 67, 7)]


def test_a_record_is_known_by_its_message_and_day() -> None:
    late = message("interim", 16 * 60, 1000)
    more = added(None, late.counters, None) if late.counters else None
    assert more is not None
    first = list(usage_of(late, "bob", more, ZoneInfo("Europe/Prague")))
    again = list(usage_of(late._replace(at=late.at), "bob", more, ZoneInfo("Europe/Prague")))
    other = list(usage_of(late._replace(server="nas2"), "bob", more, ZoneInfo("Europe/Prague")))
    assert first == again
    assert [each.started_at.hour for each in first] == [10, 23]
    assert len({each.key for each in first + other}) == 4
    assert sum(each.bytes_in for each in first) == 1000


@given(
    st.integers(0, 10**7), st.integers(0, 2**62), st.sampled_from(["Europe/Prague", "America/Sao_Paulo", "UTC"]),
    st.integers(0, 9 * 366 * 86_400).map(lambda passed: datetime(2018, 1, 1, tzinfo=UTC) + timedelta(seconds=passed)),
)  # fmt: skip
def test_the_parts_of_an_interval_add_up_and_each_is_of_one_day(
    seconds: int, amount: int, zone: str, since: datetime
) -> None:
    whole = Added(since, since + timedelta(seconds=seconds), seconds, amount, amount // 3)
    parts = list(by_day(whole, ZoneInfo(zone)))
    added_up = [sum(amounts) for amounts in zip(*(part[2:] for part in parts), strict=True)]
    assert added_up == list(whole[2:])
    assert all(min(part[2:]) >= 0 for part in parts)
    assert [part.until for part in parts[:-1]] == [part.since for part in parts[1:]]
    for part in parts:
        last = max(part.since, part.until - timedelta(microseconds=1))
        assert part.since.astimezone(ZoneInfo(zone)).date() == last.astimezone(ZoneInfo(zone)).date()
