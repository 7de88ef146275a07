"""How the stored samples of old debts are read: agencies, late interest, limitation, calls."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.dunning.calls import CallClosed, CallNoted, CallResult, CallResultsSet, CallWanted
from billing_core.dunning.collection import (
    AgencyFeeNoted,
    BatchItem,
    CollectionAgency,
    CollectionAgencySet,
    CollectionBatchDrawnUp,
    HandedItem,
    HandedToCollection,
    TakenBackFromCollection,
)
from billing_core.dunning.interest import InterestTable, InterestTablePublished, LateInterestCharged, RateFrom
from billing_core.dunning.limitation import LimitationRenewed, LimitationTerm, LimitationTermSet
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money

ON = date(2026, 5, 11)
DUE_ON = date(2026, 3, 31)


def euros(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


SAMPLES: dict[str, Event] = {
    "collection-agency-set/1": CollectionAgencySet(
        effective_on=ON, agency=CollectionAgency(code="rapid", name="Rapid Collection", terms="20 % of what is paid")
    ),
    "handed-to-collection/1": HandedToCollection(
        effective_on=ON, agency="rapid",
        items=(HandedItem(invoice="1000000007", due_on=DUE_ON, open=euros("40.00")),),
    ),
    "taken-back-from-collection/1": TakenBackFromCollection(
        effective_on=ON, agency="rapid", invoices=("1000000007",), reason="pays by instalments"
    ),
    "agency-fee-noted/1": AgencyFeeNoted(
        effective_on=ON, agency="rapid", payment="agency/rapid:2026-17", invoice="1000000007", fee=euros("8.00"),
        before=euros("9.00"),
    ),
    "collection-batch-drawn-up/1": CollectionBatchDrawnUp(
        effective_on=ON, agency="rapid", number=1,
        items=(
            BatchItem(account="A1", invoice="1000000007", handed_on=date(2026, 5, 10), due_on=DUE_ON,
                      open=euros("40.00")),
        ),
        held=(
            BatchItem(account="A1", invoice="1000000008", handed_on=date(2026, 5, 10), due_on=DUE_ON,
                      open=euros("20.00")),
        ),
    ),
    "interest-table-published/1": InterestTablePublished(
        effective_on=ON,
        table=InterestTable(
            code="cz", name="Czech statutory rate", follows="kept-from-delay",
            rates=(RateFrom(from_on=date(2026, 1, 1), percent=Decimal("11.50")),),
        ),
    ),
    "late-interest-charged/1": LateInterestCharged(
        effective_on=ON, invoice="1000000007", from_on=date(2026, 4, 1), upto_on=ON, amount=euros("0.50"), table="cz",
        document="1000000012",
    ),
    "limitation-term-set/1": LimitationTermSet(
        effective_on=ON, seller="north",
        term=LimitationTerm(years=2, counts_from="year-end", years_acknowledged=5),
    ),
    "limitation-renewed/1": LimitationRenewed(
        effective_on=ON, invoice="1000000007", how="acknowledged", reference="letter of 11 May"
    ),
    "call-results-set/1": CallResultsSet(
        effective_on=ON, results=(CallResult(code="not-reached", name="Not reached", next_try_days=1),)
    ),
    "call-wanted/1": CallWanted(effective_on=ON, reason="step call of policy home", step="call"),
    "call-noted/1": CallNoted(
        effective_on=ON, customer="C1", result="reached-promises", next_try_on=date(2026, 5, 18),
        note="pays on Friday",
    ),
    "call-closed/1": CallClosed(effective_on=ON, reason="nothing is overdue any more"),
}  # fmt: skip
