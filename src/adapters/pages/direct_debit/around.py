"""The lists of direct debit, as tabs."""

from __future__ import annotations

from adapters.pages.lists import Act
from adapters.pages.page import N_
from adapters.views.direct_debit import ListDebitBatches, ListMandates, ListRefusedDebits

DEBITS, REFUSED, MANDATES = "/debits", "/debits/refused", "/debits/mandates"
VIEWS = (
    Act(N_("Batches of debits"), DEBITS, ListDebitBatches),
    Act(N_("Rejected and returned"), REFUSED, ListRefusedDebits),
    Act(N_("Mandates"), MANDATES, ListMandates),
)
