"""Old debts for the books on which every read model is tried."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.dunning.collection import CollectionAgency
from billing_core.dunning.interest import InterestTable, RateFrom
from billing_core.dunning.limitation import LimitationTerm
from billing_core.dunning.policies import DaysFromDue, DunningPolicy, DunningStep
from commands.accounts import ChangeBillingPlan
from commands.collection.agencies import DrawUpCollectionBatch, HandItemsToCollection, SetCollectionAgency
from commands.collection.calls import NoteCall, PutOnCallList
from commands.collection.interest import ChargeLateInterest, PublishInterestTable
from commands.collection.limitation import RenewLimitation, SetLimitationTerm
from commands.dunning.policies import PublishDunningPolicy
from tests.operators import Operator, plan

ON = date(2026, 4, 10)
DEBTOR = "A0004"


def keep_collection(operator: Operator) -> None:
    """An item with an agency, on its first file, with late interest, and an account that is to be called."""
    operator.tell(SetCollectionAgency(agency=CollectionAgency(code="rapid", name="Rapid")), today=ON)
    term = LimitationTerm(years=3, years_acknowledged=10)
    operator.tell(SetLimitationTerm(seller="north", term=term), today=ON)
    charge_interest(operator)
    open_items = operator.account(DEBTOR).ledger.open_items
    invoice = min(open_items, key=lambda number: open_items[number].due_on)
    operator.tell(HandItemsToCollection(account=DEBTOR, invoices=(invoice,), agency="rapid"), today=ON)
    operator.tell(DrawUpCollectionBatch(agency="rapid"), today=ON)
    renewal = RenewLimitation(account=DEBTOR, invoice=invoice, how="acknowledged", reference="letter of 9 April")
    operator.tell(renewal, today=ON)
    operator.tell(PutOnCallList(account=DEBTOR, reason="by hand"), today=ON)
    operator.tell(NoteCall(account=DEBTOR, result="not-reached"), today=ON)


def charge_interest(operator: Operator) -> None:
    rates = (RateFrom(from_on=date(2026, 1, 1), percent=Decimal(12)),)
    operator.tell(PublishInterestTable(table=InterestTable(code="cz", name="Statutory", rates=rates)), today=ON)
    steps = (DunningStep(code="reminder", when=DaysFromDue(days=7), message="overdue"),)
    policy = DunningPolicy(code="interest", name="Interest", currency="EUR", interest="cz", steps=steps)
    operator.tell(PublishDunningPolicy(policy=policy), today=ON)
    operator.tell(ChangeBillingPlan(account=DEBTOR, plan=plan(dunning="interest")), today=ON)
    operator.tell(ChargeLateInterest(account=DEBTOR), today=ON)
