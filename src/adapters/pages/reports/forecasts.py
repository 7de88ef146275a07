"""Making a forecast of revenue."""

from __future__ import annotations

from adapters.jobs.reports.forecast import ForecastRevenue
from adapters.pages.forms import Field
from adapters.pages.job_forms import JobForm
from adapters.pages.page import N_, Tile

MAKE, REPORT = "/reports/forecasts/make", "/reports/revenue-forecast"

# fmt: off
JOB_FORMS = (
    JobForm(
        MAKE, ForecastRevenue, N_("Forecast of revenue"), N_("Make the forecast"),
        (Field("months", N_("Months, this one among them"), "whole", is_required=True, width=6),),
        back=lambda visit: REPORT, begins=lambda visit: {"months": 6}, after=REPORT,
    ),
)
SET_UP = (
    Tile("books", N_("Forecast of revenue"), MAKE, ForecastRevenue,
         N_("What the next months will bring if nothing changes")),
)
# fmt: on
