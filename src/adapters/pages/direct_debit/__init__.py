"""Direct debit: batches with their debits, what came back, mandates, and the terms of a seller."""

from __future__ import annotations

from adapters.pages.direct_debit import batches, mandates, terms
from adapters.pages.direct_debit.around import DEBITS
from adapters.pages.lists import Act
from adapters.pages.page import N_
from adapters.views.direct_debit import ListDebitBatches

PAGES = batches.PAGES
LISTS = (*batches.LISTS, *mandates.LISTS)
FORMS = (*batches.FORMS, *mandates.FORMS, *terms.FORMS)
JOB_FORMS = batches.JOB_FORMS
PAYMENT_TABS = ((4, Act(N_("Direct debit"), DEBITS, ListDebitBatches)),)
