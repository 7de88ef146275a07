"""Reports: named questions over documented views, their answers, and the read models that only reports need."""

from __future__ import annotations

from projections.platform.area import Area
from projections.reports.service_changes import ServiceChanges

AREA = Area(true_by_date=(ServiceChanges(),))
