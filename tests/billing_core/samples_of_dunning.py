"""How the stored samples of dunning are read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from billing_core.dunning.facts import (
    DunnedItem,
    DunningHeld,
    DunningHoldEnded,
    DunningPaused,
    DunningPauseEnded,
    DunningStepTaken,
    FullSpeedRestored,
    InsolvencyEnded,
    InsolvencyNoted,
    ItemDisputed,
    ItemDisputeEnded,
    ServicesSlowed,
    SuspensionPutOff,
)
from billing_core.dunning.policies import (
    CallCustomer,
    DayOfMonthAfterDue,
    DaysFromDue,
    DunningPolicy,
    DunningPolicyPublished,
    DunningPolicyWithdrawn,
    DunningStep,
    HandToCollection,
    OpenTicket,
    SlowDown,
    StepFee,
    Suspend,
    Terminate,
    WorkingDaysAfterDue,
    WriteOff,
)
from billing_core.dunning.runs import DunningRunCompleted
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money

ON = date(2026, 4, 21)
POLICY = DunningPolicy(
    code="home", name="Households", currency="EUR", skips=("weekends", "holidays"), warning_days=5, tolerance_days=14,
    suspend_below=Decimal("-1.00"), resume_at=Decimal(0), returns="next-morning", interest="CZ",
    steps=(
        DunningStep(code="due-soon", when=DaysFromDue(days=-3), message="due-soon", channels=("email",)),
        DunningStep(
            code="reminder", when=WorkingDaysAfterDue(days=5), message="overdue", actions=(SlowDown(profile="slow"),)
        ),
        DunningStep(
            code="suspend", when=DaysFromDue(days=21), least_amount=Decimal(5), least_share_percent=Decimal(50),
            fee=StepFee(amount=Decimal("5.00"), description="Reminder", vat_rate=Decimal(21)),
            actions=(Suspend(), CallCustomer(), OpenTicket(kind="visit")),
        ),
        DunningStep(
            code="end", when=DayOfMonthAfterDue(day=10, months=2),
            actions=(Terminate(reason="not paid"), HandToCollection(agency="agency"), WriteOff(reason="lost")),
        ),
    ),
)  # fmt: skip
ITEM = DunnedItem(invoice="10001", due_on=date(2026, 3, 31), open=Money(Decimal("100.00"), "EUR"), planned_on=ON)
SAMPLES: dict[str, Event] = {
    "dunning-policy-published/1": DunningPolicyPublished(effective_on=date(2026, 1, 1), policy=POLICY),
    "dunning-policy-withdrawn/1": DunningPolicyWithdrawn(effective_on=date(2026, 7, 1), policy="home"),
    "dunning-step-taken/1": DunningStepTaken(
        effective_on=ON, policy="home", step="suspend", items=(ITEM,), debt=Money(Decimal("120.00"), "EUR"),
        message="suspended", channels=("sms",), suspends="non-payment", slows_to="slow",
    ),
    "dunning-run-completed/1": DunningRunCompleted(
        effective_on=ON, accounts=1200, steps={"home/reminder": 30, "home/suspend": 5},
        standing={"home/reminder": 120}, suspended=6, returned=2, parked=1, parked_first={"1": "no price"},
    ),
    "item-disputed/1": ItemDisputed(effective_on=ON, invoice="10001", reason="wrong amount"),
    "item-dispute-ended/1": ItemDisputeEnded(effective_on=ON, invoice="10001", outcome="credited"),
    "dunning-paused/1": DunningPaused(effective_on=ON, until_on=date(2026, 5, 1), reason="in hospital", invoice="1"),
    "dunning-pause-ended/1": DunningPauseEnded(effective_on=ON, reason="back", invoice="1"),
    "dunning-held/1": DunningHeld(effective_on=ON, ticket="T-7"),
    "dunning-hold-ended/1": DunningHoldEnded(effective_on=ON, ticket="T-7"),
    "suspension-put-off/1": SuspensionPutOff(effective_on=ON, until_at=datetime(2026, 4, 21, 7, tzinfo=UTC)),
    "services-slowed/1": ServicesSlowed(effective_on=ON, profile="slow-1M"),
    "full-speed-restored/1": FullSpeedRestored(effective_on=ON),
    "insolvency-noted/1": InsolvencyNoted(effective_on=ON, reference="INS 12/2026"),
    "insolvency-ended/1": InsolvencyEnded(effective_on=ON, outcome="discharged"),
}  # fmt: skip
