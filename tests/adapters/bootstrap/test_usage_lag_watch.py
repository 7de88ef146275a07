"""Usage that comes later than is promised opens one ticket for its source, which is closed when it is in time again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.bootstrap.usage_lag_watch import LagWatch
from billing_core.usage.mediation.lag import USAGE_LATE
from billing_core.work.causes import CauseAppeared, CauseVanished, OpenOnCause
from billing_core.work.ticket_events import TicketClosed, TicketOpened
from commands.work.causes import SetCauseRule
from commands.work.flows import PublishFlow
from tests.billing_core.work.flows import FAULT
from tests.commands.usage.rows import NOW, receive, row
from tests.commands.work.test_tickets import let_happen
from tests.operators import Operator

STREAM = f"cause/{USAGE_LATE}:device:switch"


@pytest.fixture
def late(operator: Operator) -> Operator:
    """At noon a call of 11:50 to 11:51 is not booked yet."""
    operator.subscriber("A0001")
    receive(operator, "b1", [row(1, "c1", "06-01 11:50")])
    operator.application.runner.catch_up()
    return operator


def test_a_promise_that_is_broken_opens_one_ticket_and_closes_it_when_it_is_kept_again(late: Operator):
    late.tell(PublishFlow(flow=FAULT), today=NOW.date())
    late.tell(SetCauseRule(cause=USAGE_LATE, rule=OpenOnCause(kind="fault", subject="Usage is late")), today=NOW.date())
    watch = LagWatch(late.application)

    assert watch.advance(NOW - timedelta(minutes=5)) == 1  # It is in time so far.
    assert late.facts(STREAM) == []
    assert [watch.advance(NOW + timedelta(minutes=minute)) for minute in (0, 2)] == [1, 0]
    assert LagWatch(late.application).advance(NOW + timedelta(minutes=4)) == 1  # A worker that is started anew.
    let_happen(late)

    (appeared,) = [fact for fact in late.facts(STREAM) if isinstance(fact, CauseAppeared)]
    assert (appeared.device, appeared.at) == ("switch", NOW)
    (number,) = late.select("SELECT originator_id FROM billing.events WHERE topic = 'ticket-opened/1'")
    assert [type(fact) for fact in late.facts(number[0])] == [TicketOpened]

    assert watch.advance(NOW + timedelta(hours=4)) == 1
    let_happen(late)
    assert CauseVanished in map(type, late.facts(STREAM))
    assert isinstance(late.facts(number[0])[-1], TicketClosed)


def test_a_house_without_a_rule_is_not_watched(late: Operator):
    assert LagWatch(late.application).advance(NOW) == 0
    assert late.facts(STREAM) == []
