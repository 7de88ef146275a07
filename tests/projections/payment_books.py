"""Credit released, transferred, kept and paid back, for the books on which every read model is tried."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from billing_core.parties.number_series import NumberSeries
from billing_core.party_changes import CustomerChanges
from billing_core.payments.advances import AdvanceTerms
from billing_core.payments.crumbs import CrumbLimit
from commands.accounts import OpenAccount
from commands.parties import ChangeCustomer, OpenNumberSeries
from commands.pay_backs import DrawUpPayBackBatch, FreezePayBackBatch, ReturnPayBack, SendPayBackBatch
from commands.payments.account import ReceivePayment, ReversePayment
from commands.payments.advances import SetAdvanceTerms, TaxAdvances
from commands.payments.by_hand import AllocatePayment, FreeCredit, ReleaseAllocation
from commands.payments.crumbs import ClearCrumbs, SetCrumbLimits
from commands.payments.giving_back import PayOut, ReturnPayOut
from commands.payments.transfers import TransferCredit
from tests.operators import Operator, eur

ON = date(2026, 4, 11)
OWNER = "A0007"
SECOND, THIRD, FOURTH = "A0007-2", "A0007-3", "A0007-4"


def keep_payments(operator: Operator) -> None:
    """A payment that was released and in part allocated by hand; further accounts of its customer got credit of it.

    One was cleared as a crumb, one paid back by a batch and returned by the bank.
    """
    for account in (SECOND, THIRD, FOURTH):
        operator.tell(OpenAccount(account=account, customer=OWNER, seller="north", currency="EUR"), today=ON)
    part: dict[str, Any] = {"account": "A0001", "credit": "bank:R00002"}
    release = ReleaseAllocation(**part, invoice="1000000001", reason="by hand", amount=Decimal("2.00"))
    operator.tell(release, today=ON)
    operator.tell(FreeCredit(**part, amount=Decimal("0.50")), today=ON)
    operator.tell(AllocatePayment(**part, parts={"1000000001": Decimal("1.00")}), today=ON)
    paid = next(part for fact in operator.facts(f"account/{OWNER}") for part in getattr(fact, "allocations", ())
                if part.credit == "bank:R00006")  # fmt: skip
    of_owner: dict[str, Any] = {"account": OWNER, "credit": paid.credit}
    release = ReleaseAllocation(**of_owner, invoice=paid.invoice, reason="by hand", amount=Decimal("2.00"))
    operator.tell(release, today=ON)
    operator.tell(FreeCredit(**of_owner, amount=Decimal("0.25")), today=ON)
    operator.tell(ReceivePayment(account=FOURTH, source="desk", reference="gone", amount=eur("5.00")), today=ON)
    operator.tell(ReversePayment(account=FOURTH, payment="desk:gone", reason="counted twice"), today=ON)
    for account, amount in ((SECOND, Decimal("1.20")), (THIRD, Decimal("7.00"))):
        transfer = TransferCredit(from_account=OWNER, to_account=account, amount=amount, reason="a second account")
        operator.tell(transfer, today=ON)
    limit = CrumbLimit(currency="EUR", item=Decimal("0.10"), credit=Decimal("1.20"), older_than_days=0)
    operator.tell(SetCrumbLimits(seller="north", limits=(limit,)), today=ON)
    operator.tell(ClearCrumbs(account=SECOND), today=date(2026, 4, 12))
    operator.tell(PayOut(account=THIRD, reason="asked for it", amount=Decimal("3.00")), today=ON)
    credit = next(iter(operator.account(THIRD).ledger.credits))
    operator.tell(ReturnPayOut(account=THIRD, credit=credit, reason="account closed", amount=Decimal("2.00")), today=ON)
    iban = CustomerChanges(iban="LV80BANK0000435195001")
    operator.tell(ChangeCustomer(number=OWNER, changes=iban), today=ON)
    operator.tell(ReceivePayment(account=SECOND, source="desk", reference="back", amount=eur("4.00")), today=ON)
    batch = DrawUpPayBackBatch(seller="north", currency="EUR", accounts=(SECOND, THIRD, "A0001"))
    name = operator.tell(batch, today=ON).result["batch"]
    operator.tell(FreezePayBackBatch(batch=name), today=ON)
    operator.tell(SendPayBackBatch(batch=name), today=ON)
    operator.tell(ReturnPayBack(batch=name, account=THIRD, reason="account closed"), today=ON)
    _tax_advances(operator)


def _tax_advances(operator: Operator) -> None:
    """What is unused of the third account gets a tax document, which a pay-out corrects."""
    series = NumberSeries(prefix="9", width=9)
    operator.tell(OpenNumberSeries(seller="north", kind="advance", series=series), today=ON)
    terms = AdvanceTerms(vat_rate=Decimal(21), after_days=0)
    operator.tell(SetAdvanceTerms(seller="north", terms=terms), today=ON)
    operator.tell(TaxAdvances(account=THIRD), today=ON)
    operator.tell(PayOut(account=THIRD, reason="asked for it", amount=Decimal("1.00")), today=ON)
