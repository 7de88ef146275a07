"""Messages of access servers, taken in by transactions: any split, order and repetition adds up to the same."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from adapters.bootstrap.application import Application
from adapters.postgres.access_sessions import PostgresAccessSessions
from billing_core.usage.sessions.messages import Counter, Message
from commands.usage.accounting import Accounting, Received
from tests.billing_core.usage.session_totals import total

BEGUN = datetime(2026, 11, 29, 22, 30, tzinfo=UTC)
SUMS = """
    SELECT session, sum(seconds)::int8, sum(bytes_in)::int8, sum(bytes_out)::int8 FROM access_usage
    GROUP BY session ORDER BY session
"""
SESSIONS = "SELECT session, seconds, bytes_in, bytes_out, is_open FROM access_sessions ORDER BY session"


def history(session: str, chance: random.Random) -> list[Message]:
    """A session of some hours over midnight, whose device restarts now and then."""
    messages = [Message("nas1", session, "start", BEGUN, "bob")]
    at, seconds, down, up = BEGUN, 0, 0, 0
    for _ in range(chance.randrange(3, 12)):
        step = chance.randrange(60, 1_800)
        at, seconds = at + timedelta(seconds=step), seconds + step
        down, up = down + chance.randrange(2**33), up + chance.randrange(2**20)
        messages.append(
            Message("nas1", session, "interim", at, "bob", "", seconds, Counter(down, True), Counter(up, True))
        )
        if chance.random() < 0.2:
            at, seconds, down, up = at + timedelta(minutes=2), 0, 0, 0
    if chance.random() < 0.5:
        stop = at + timedelta(seconds=5)
        messages.append(
            Message("nas1", session, "stop", stop, "bob", "", seconds + 5, Counter(down, True), Counter(up, True))
        )
    return messages


def take(application: Application, messages: Sequence[Message]) -> None:
    accounting = Accounting(PostgresAccessSessions(application.tables).begin, lambda: UTC)
    accounting.take([Received("radius", message, BEGUN) for message in messages])


def ask(application: Application, statement: str) -> list[tuple[object, ...]]:
    with application.tables.transaction("billing") as cursor:
        return list(cursor.execute(statement.encode()))


@pytest.mark.parametrize("seed", range(6))
def test_any_split_order_and_repetition_by_several_writers_adds_up_to_the_same(application: Application, seed: int):
    chance = random.Random(seed)
    histories = {f"S{place}": history(f"S{place}", chance) for place in range(8)}
    messages = [message for each in histories.values() for message in each]
    sent = messages + chance.sample(messages, len(messages) // 3)
    chance.shuffle(sent)
    parts = [sent[first : first + 7] for first in range(0, len(sent), 7)]

    with ThreadPoolExecutor(3) as writers:
        list(writers.map(lambda part: take(application, part), parts))

    expected = {session: total(each) for session, each in histories.items()}
    sums = [(session, *found[2:]) for session, found in expected.items() if found]
    assert ask(application, SUMS) == sums
    closed = {session for session, each in histories.items() if each[-1].kind == "stop"}
    assert ask(application, SESSIONS) == [(*each, each[0] not in closed) for each in sums]
    days = "SELECT count(DISTINCT key) = count(*), count(DISTINCT started_at::date) FROM access_usage"
    assert ask(application, days) == [(True, 2)]


def test_a_transaction_that_is_rolled_back_leaves_no_message_known(application: Application):
    begin = PostgresAccessSessions(application.tables).begin
    (_, first, *_) = history("S1", random.Random(1))

    def fails() -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        Accounting(begin, fails).take([Received("radius", first, BEGUN)])
    assert ask(application, SESSIONS) == []
    take(application, [first])
    assert len(ask(application, SUMS)) == 1
