"""Which money came in that nobody recognised, whose may it be, and what became of it?"""

from projections.platform.area import Area
from projections.remittances.invariants import INVARIANTS
from projections.remittances.payers import PayersOfAccounts
from projections.remittances.queue import (
    RemittanceRow,
    count_remittances,
    remittances_after,
    streams_of_customer,
    waiting_totals,
)
from projections.remittances.states import Remittances

__all__ = [
    "AREA",
    "RemittanceRow",
    "count_remittances",
    "remittances_after",
    "streams_of_customer",
    "waiting_totals",
]

AREA = Area(
    true_by_date=(Remittances(), PayersOfAccounts()), invariants=INVARIANTS, streams_of_customer=streams_of_customer
)
