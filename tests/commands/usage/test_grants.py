"""Grants on a real database: two at once, the same again, expiry, and how use and charges meet."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest

from billing_core.accounts.plans import Prepaid
from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.kernel.money import Money
from billing_core.usage.control.alarms import UsageLimits
from billing_core.usage.control.grants import UsageGranted, UsageGrantExpired
from billing_core.usage.records import UsageRecorded
from commands.accounts import ChangeBillingPlan
from commands.platform.identity import new_id
from commands.services.moves import MoveSubscription
from commands.services.status import ActivateSubscription, SuspendSubscription
from commands.services.usage import RecordUsage
from commands.usage.control import SetUsageLimits
from commands.usage.grants import ConfirmUsageGrant, ReleaseUsageGrant, ReserveUsage
from projections.usage.control.grants import grants_after
from tests.commands.services.conftest import Story, fee, story, tariff, usage
from tests.operators import Operator, application_on, bank_row, eur, plan

__all__ = ["story"]

A = "A0001"
SINCE, TODAY = "2026-05-01", "2026-05-20"


def money(told: Any) -> Money:
    return Money(Decimal(told["amount"]), told["currency"])


class Sessions:
    """Sessions of one prepaid account with 10.00, minutes at 0.10, VAT none."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.operator = story.operator

    def reserve(self, grant: str, units: str = "60", today: str = TODAY, **fields: Any) -> dict[str, Any]:
        fields = {"component": "calls", "grant": grant, "units": units} | fields
        return self.story.tell(ReserveUsage, today, A, **fields).result

    def confirm(self, grant: str, part: int, units: str, *, is_last: bool = False, today: str = TODAY) -> int:
        command = ConfirmUsageGrant(account=A, grant=grant, part=part, units=Decimal(units), is_last=is_last)
        return self.operator.tell(command, today=date.fromisoformat(today)).position

    def release(self, grant: str) -> int:
        return self.operator.tell(ReleaseUsageGrant(account=A, grant=grant), today=date.fromisoformat(TODAY)).position

    def held(self) -> Money:
        return self.operator.account(A).grants.held("EUR")

    def facts(self, kind: type) -> list[Any]:
        return [fact for fact in self.operator.facts(f"account/{A}") if isinstance(fact, kind)]


@pytest.fixture
def sessions(story: Story) -> Sessions:
    story.publish(tariff("talk", usage("calls", "0.10")))
    story.subscriber(A, "talk", SINCE)
    story.operator.tell(ChangeBillingPlan(account=A, plan=plan(prepaid=Prepaid())), today=date.fromisoformat(SINCE))
    since = date.fromisoformat(SINCE)
    story.operator.take_in([bank_row(1, "10.00", A, received_on=since)], today=since)
    return Sessions(story)


def test_the_last_units_are_granted_and_named_as_such(sessions: Sessions):
    first, second = sessions.reserve("A"), sessions.reserve("B")

    assert (first["units"], first["is_final"], money(first["amount"])) == ("60", False, eur("6.00"))
    assert (second["units"], second["is_final"], money(second["amount"])) == ("40", True, eur("4.00"))
    with pytest.raises(RuleViolation, match=r"money '0\.00 EUR': is all that is available"):
        sessions.reserve("C")
    sessions.confirm("A", 1, "20")
    sessions.confirm("A", 2, "5", is_last=True)
    assert sessions.held() == eur("6.50")
    assert sessions.reserve("C")["units"] == "35"
    assert sessions.operator.findings() == []


def test_two_sessions_at_once_never_spend_the_balance_twice(sessions: Sessions):
    """Each of eight asks for 3.00 of 10.00 at the same instant: three are granted whole, one the rest."""
    begin = Barrier(8)

    def ask(number: int) -> str | None:
        begin.wait()
        while True:
            try:
                return str(sessions.reserve(f"session {number}", "30")["units"])
            except RuleViolation:
                return None

    with ThreadPoolExecutor(8) as threads:
        granted = list(threads.map(ask, range(8)))

    assert sorted(units for units in granted if units) == ["10", "30", "30", "30"]
    assert sessions.held() == eur("10.00")
    assert sessions.operator.findings() == []


def test_the_same_request_gets_the_same_grant_also_after_a_crash(sessions: Sessions):
    first = sessions.reserve("A")
    with application_on(sessions.operator.database_url) as application:
        again = Sessions(Story(Operator(application, sessions.operator.database_url))).reserve("A")

    assert again == first
    assert len(sessions.facts(UsageGranted)) == 1
    command_id = new_id()
    command = ReserveUsage(account=A, subscription="main", component="calls", grant="B", units=Decimal(10))
    for _ in range(2):
        sessions.operator.tell(command, today=date.fromisoformat(TODAY), command_id=command_id)
    assert len(sessions.facts(UsageGranted)) == 2


def test_a_part_that_is_confirmed_again_counts_once(sessions: Sessions):
    sessions.reserve("A", recorded_by="grant")
    sessions.confirm("A", 1, "20")
    assert sessions.confirm("A", 1, "20") == 0
    assert sessions.release("A") > 0
    assert sessions.release("A") == 0

    assert [fact.days[0].quantities for fact in sessions.facts(UsageRecorded)] == [(Decimal(20),)]
    with pytest.raises(NotFound, match="ended on 2026-05-20"):
        sessions.confirm("A", 2, "1")


@pytest.mark.parametrize("recorded_by", ["grant", "source"])
def test_what_was_used_is_charged_once_and_reserved_until_then(sessions: Sessions, recorded_by: str):
    """25 minutes are 2.50: reserved in May, charged on 1 June, and reserved no longer."""
    sessions.reserve("A", recorded_by=recorded_by)
    sessions.confirm("A", 1, "25", is_last=True)
    if recorded_by == "source":
        sessions.story.tell(RecordUsage, TODAY, A, component="calls", quantity="25")
    assert sessions.held() == eur("2.50")
    assert sessions.reserve("B", "100")["units"] == "75"
    sessions.release("B")

    sessions.story.bill("2026-06-01", A)

    assert sessions.story.net(A) == "2.50"
    assert (sessions.held(), sessions.operator.account(A).ledger.balance) == (eur("0.00"), eur("7.50"))
    assert sessions.reserve("C", "100", today="2026-06-01")["units"] == "75"
    assert sessions.operator.findings() == []


def test_usage_that_no_grant_was_asked_for_takes_its_money_too(sessions: Sessions):
    """3.00 were recorded without a grant, and of a grant of 2.00 half is used, recorded by its source."""
    sessions.story.tell(RecordUsage, TODAY, A, component="calls", quantity="30")
    assert sessions.reserve("A", "100")["units"] == "70"
    sessions.release("A")
    sessions.reserve("B", "20")
    sessions.confirm("B", 1, "10", is_last=True)
    sessions.story.tell(RecordUsage, TODAY, A, component="calls", quantity="10")
    assert sessions.reserve("C", "100")["units"] == "60"


def test_nothing_stays_reserved_after_the_last_bill_of_a_service_that_moved_away(sessions: Sessions):
    sessions.reserve("A", recorded_by="grant")
    sessions.confirm("A", 1, "25", is_last=True)
    sessions.story.account("B0001")
    sessions.story.tell(MoveSubscription, TODAY, A, to_account="B0001", on="2026-05-21")

    sessions.story.bill("2026-05-21", A)

    assert (sessions.story.net(A), sessions.held()) == ("2.50", eur("0.00"))


def test_a_fee_does_not_take_the_money_that_a_session_uses(sessions: Sessions):
    """8.00 of 10.00 are reserved on 31 May, so the fee of 5.00 of June has to wait, until the session ends."""
    sessions.story.publish(tariff("line", fee("5.00")))
    sessions.operator.tell(ActivateSubscription(account=A, subscription="line", tariff="line"), today=date(2026, 6, 1))
    sessions.reserve("A", "80", today="2026-05-31")

    sessions.story.bill("2026-06-01", A)
    assert _status(sessions, "line") == ("suspended", "no-money")

    sessions.confirm("A", 1, "20", is_last=True, today="2026-06-01")
    sessions.story.bill("2026-06-01", A)
    assert _status(sessions, "line") == ("active", None)
    assert sessions.operator.account(A).ledger.balance == eur("5.00")


def _status(sessions: Sessions, code: str) -> tuple[str, str | None]:
    segment = sessions.operator.account(A).subscriptions[code].segments()[-1].in_force
    return segment.status, segment.reason


def test_nothing_is_granted_to_a_service_that_is_suspended(sessions: Sessions):
    sessions.story.tell(SuspendSubscription, TODAY, A, reason="abuse")
    with pytest.raises(RuleViolation, match="is suspended, so nothing is granted"):
        sessions.reserve("A")


def test_a_postpaid_account_may_have_a_limit_too(story: Story):
    story.publish(tariff("talk", usage("calls", "0.10")))
    story.subscriber(A, "talk", SINCE)
    sessions = Sessions(story)
    assert sessions.reserve("A", "1000000")["is_final"] is False
    sessions.release("A")

    limits = UsageLimits(credit=Decimal("3.00"))
    story.operator.tell(SetUsageLimits(account=A, limits=limits), today=date.fromisoformat(TODAY))
    assert sessions.reserve("B", "50")["units"] == "30"


@pytest.fixture
def later(sessions: Sessions) -> Callable[[timedelta], object]:
    """Lets happen what happens by itself, so much later."""
    return lambda time: sessions.operator.let_happen(now=lambda: datetime.now(UTC) + time)


def test_a_grant_that_nobody_ends_expires_at_its_instant(sessions: Sessions, later: Callable[[timedelta], object]):
    sessions.operator.tell(
        ReserveUsage(account=A, subscription="main", component="calls", grant="A", units=Decimal(60), seconds=600)
    )
    later(timedelta(seconds=300))
    assert sessions.facts(UsageGrantExpired) == []

    later(timedelta(seconds=601))
    later(timedelta(seconds=700))

    assert [fact.amount for fact in sessions.facts(UsageGrantExpired)] == [eur("6.00")]
    assert sessions.held() == eur("0.00")
    (row,) = sessions.operator.ask(lambda cursor: grants_after(cursor, "", 9, open_only=False))
    assert (row.grant, row.state, row.used_amount) == ("A", "expired", eur("0.00"))
    assert sessions.operator.findings() == []
