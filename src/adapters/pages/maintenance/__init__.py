"""Check of the books, read models built again, and the books as of a moment."""

from __future__ import annotations

from adapters.jobs.maintenance import CheckBooks
from adapters.pages.job_forms import JobForm
from adapters.pages.page import N_

JOB_FORMS = (JobForm("/set-up/check", CheckBooks, N_("Check of the books"), N_("Check the books")),)
