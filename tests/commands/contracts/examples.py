"""A seller who makes contracts: a series, a kind, and the template that comes with the program."""

from __future__ import annotations

from datetime import date

from adapters.files.contract_templates import ready_template
from billing_core.contracts.kinds import ContractKind
from billing_core.contracts.services import LinkedService
from billing_core.contracts.terms import Term
from billing_core.parties.number_series import NumberSeries
from commands.contracts.drafting import DraftContract, IssueContract
from commands.contracts.kinds import DefineContractKind
from commands.contracts.signing import SignContract
from commands.parties import OpenNumberSeries
from tests.operators import Operator

FIRST = "7000000001"
NET = LinkedService(account="A0001", subscription="main")
MAY_15 = date(2026, 5, 15)
LONG_AGO = date(2026, 1, 2)


def make_contracts(operator: Operator, *languages: str) -> None:
    """The series 7/9, the kind `internet`, and its templates."""
    series = NumberSeries(prefix="7", width=9)
    operator.tell(OpenNumberSeries(seller="north", kind="contract", series=series), today=LONG_AGO)
    operator.tell(DefineContractKind(kind=ContractKind(code="internet", name="Internet at home")), today=LONG_AGO)
    for language in languages or ("en",):
        operator.tell(ready_template(f"internet.{language}"), today=LONG_AGO)


def draft(operator: Operator, *, term: Term | None = None, language: str = "en", agreed: str = "") -> str:
    """A contract of customer A0001 on the service, from 1 June 2026 on; its number."""
    drafted = DraftContract(
        customer="A0001", seller="north", kind="internet", language=language, begins_on=date(2026, 6, 1), term=term,
        services=(NET,), agreed=agreed,
    )  # fmt: skip
    return str(operator.tell(drafted, today=MAY_15).result["contract"])


def signed(operator: Operator, *, term: Term | None = None) -> str:
    """The same, issued and signed on 15 May 2026."""
    number = draft(operator, term=term)
    operator.tell(IssueContract(contract=number), today=MAY_15)
    operator.tell(SignContract(contract=number, signed_by="Ona Kazlauskaitė"), today=MAY_15)
    return number
