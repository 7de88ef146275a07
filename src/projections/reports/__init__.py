"""Reports: named questions over documented views, their answers, and what is kept of them: those that people saved,
closed months, forecasts, and what is sent by itself.
"""

from __future__ import annotations

from projections.platform.area import Area
from projections.reports import schedules, service_changes
from projections.reports.closings import ReportClosings, sellers_of_months
from projections.reports.forecasts import Forecasts
from projections.reports.saved import SavedReports

AREA = Area(
    true_by_date=(service_changes.ServiceChanges(),),
    recorded=(SavedReports(), ReportClosings(), Forecasts(), schedules.ReportSchedules()),
    invariants={**service_changes.INVARIANTS, **schedules.INVARIANTS},
    deadlines=schedules.DEADLINES,
    attachments=schedules.ATTACHED,
    sellers_of_streams=sellers_of_months,
)
