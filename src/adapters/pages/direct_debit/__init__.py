"""Direct debit: batches with their debits, what came back, mandates, and the terms of a seller."""

from __future__ import annotations

from adapters.pages.direct_debit import batches, mandates, terms

PAGES = batches.PAGES
LISTS = (*batches.LISTS, *mandates.LISTS)
FORMS = (*batches.FORMS, *mandates.FORMS, *terms.FORMS)
JOB_FORMS = batches.JOB_FORMS
MENU = (batches.ENTRY,)
