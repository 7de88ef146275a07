"""Reports: which there are, their answers, dashboards, what people built, closed months, and what is sent."""

from __future__ import annotations

from adapters.views.persons import Persons
from adapters.views.query import Queries
from adapters.views.reports import asking, building, closings, dashboards, files, schedules, sending
from commands.platform.concerns import Concerns

PERMISSIONS = asking.PERMISSIONS
QUERIES: Queries = {
    **asking.QUERIES,
    **files.QUERIES,
    **building.QUERIES,
    **closings.QUERIES,
    **dashboards.QUERIES,
    **schedules.QUERIES,
}
PERSONS: Persons = {**asking.PERSONS, **files.PERSONS, **building.PERSONS}
CONCERNS: Concerns = {
    **asking.CONCERNS,
    **files.CONCERNS,
    **building.CONCERNS,
    **closings.CONCERNS,
    **dashboards.CONCERNS,
    **schedules.CONCERNS,
}
FOLLOWERS = sending.report_followers
