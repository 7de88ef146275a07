"""Contracts for the books on which every read model is tried."""

from __future__ import annotations

from datetime import date

from billing_core.contracts.services import LinkedService
from billing_core.contracts.terms import Term
from commands.contracts.drafting import DraftContract, IssueContract, VoidContract
from commands.contracts.ending import GiveContractNotice, TakeBackContractNotice
from commands.contracts.signing import DraftAnnex, SignAnnex, SignContract
from tests.commands.contracts.examples import make_contracts
from tests.operators import Operator

ON = date(2026, 4, 10)


def keep_contracts(operator: Operator) -> None:
    """A draft, a voided contract, one with an annex and notice, and one whose notice was taken back."""
    make_contracts(operator)
    drafted(operator, "A0001")
    operator.tell(VoidContract(contract=drafted(operator, "A0001"), reason="wrong name"), today=ON)
    first = signed(operator, "A0002", Term())
    operator.tell(DraftAnnex(contract=first, begins_on=ON, text="Twice as fast"), today=ON)
    operator.tell(SignAnnex(contract=first, annex=1, signed_by="Customer A0002"), today=ON)
    operator.tell(GiveContractNotice(contract=first, by="customer"), today=ON)
    second = signed(operator, "A0003", Term(fixed_months=24))
    operator.tell(GiveContractNotice(contract=second, by="operator"), today=ON)
    operator.tell(TakeBackContractNotice(contract=second, reason="stays"), today=ON)


def drafted(operator: Operator, customer: str, term: Term | None = None) -> str:
    service = LinkedService(account=customer, subscription="main")
    command = DraftContract(
        customer=customer, seller="north", kind="internet", language="en", begins_on=ON, term=term, services=(service,)
    )
    return str(operator.tell(command, today=ON).result["contract"])


def signed(operator: Operator, customer: str, term: Term) -> str:
    number = drafted(operator, customer, term)
    operator.tell(IssueContract(contract=number), today=ON)
    operator.tell(SignContract(contract=number, signed_by=f"Customer {customer}"), today=ON)
    return number
