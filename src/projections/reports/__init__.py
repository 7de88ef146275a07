"""Reports: named questions over documented views, their answers, what people saved, and closed months."""
"""Reports: named questions over documented views, and their answers; forecasts of revenue."""
"""Reports: named questions over documented views, their answers, and which of them are sent by themselves."""

from __future__ import annotations

from projections.platform.area import Area
from projections.reports.closings import ReportClosings, sellers_of_months
from projections.reports.saved import SavedReports
from projections.reports.service_changes import INVARIANTS, ServiceChanges

AREA = Area(
    true_by_date=(ServiceChanges(),),
    invariants=INVARIANTS,
    recorded=(SavedReports(), ReportClosings()),
    sellers_of_streams=sellers_of_months,
)
from projections.reports.forecasts import Forecasts

AREA = Area(recorded=(Forecasts(),))
from projections.reports import schedules

AREA = Area(
    recorded=(schedules.ReportSchedules(),),
    invariants=schedules.INVARIANTS,
    deadlines=schedules.DEADLINES,
    attachments=schedules.ATTACHED,
)
