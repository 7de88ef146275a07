"""Two debtors: 24.00 were invoiced on 1 January 2026 and due on the 15th, by a policy with a table of interest."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.accounts.plans import BillingPlan
from billing_core.dunning.collection import CollectionAgency
from billing_core.dunning.interest import InterestTable, RateFrom
from billing_core.dunning.policies import (
    CallCustomer,
    DaysFromDue,
    DunningPolicy,
    DunningStep,
    HandToCollection,
    OpenTicket,
    WriteOff,
)
from commands.accounts import ChangeBillingPlan
from commands.collection.agencies import SetCollectionAgency
from commands.collection.interest import PublishInterestTable
from commands.dunning.policies import PublishDunningPolicy
from tests.operators import Operator

A, B = "A0001", "A0002"
OPENED_ON = date(2026, 1, 1)
DUE_ON = date(2026, 1, 15)
TABLE = InterestTable(
    code="cz", name="Statutory rate", follows="kept-from-delay",
    rates=(
        RateFrom(from_on=date(2026, 1, 1), percent=Decimal("12.00")),
        RateFrom(from_on=date(2026, 7, 1), percent=Decimal("11.00")),
    ),
)  # fmt: skip
POLICY = DunningPolicy(
    code="home", name="Households", currency="EUR", interest="cz",
    steps=(
        DunningStep(code="call", when=DaysFromDue(days=14), actions=(CallCustomer(), OpenTicket(kind="fault"))),
        DunningStep(code="agency", when=DaysFromDue(days=60), actions=(HandToCollection(agency="rapid"),)),
        DunningStep(code="give-up", when=DaysFromDue(days=900), actions=(WriteOff(reason="nobody to be found"),)),
    ),
)  # fmt: skip


def set_up_debts(operator: Operator, *accounts: str) -> None:
    """The agency, the table, the policy, and accounts that owe the invoice of January."""
    operator.tell(SetCollectionAgency(agency=CollectionAgency(code="rapid", name="Rapid Collection")), today=OPENED_ON)
    operator.tell(PublishInterestTable(table=TABLE), today=OPENED_ON)
    operator.tell(PublishDunningPolicy(policy=POLICY), today=OPENED_ON)
    plan = BillingPlan(billing_day=1, due_days=14, tolerance_days=7, dunning="home")
    for account in accounts:
        operator.subscriber(account, until=date(2026, 2, 1))
        operator.tell(ChangeBillingPlan(account=account, plan=plan), today=OPENED_ON)
    operator.bill(date(2026, 1, 2))
    let_happen(operator, date(2026, 1, 2))


def owed(operator: Operator, account: str = A) -> str:
    """The number of the oldest open invoice of an account."""
    return next(iter(operator.account(account).ledger.open_items))


def let_happen(operator: Operator, on: date) -> None:
    """Everything that happens by itself on a day."""
    operator.let_happen(on)
