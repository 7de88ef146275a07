"""Reports: which there are, and their answers."""

from __future__ import annotations

from adapters.views.persons import Persons
from adapters.views.query import Queries
from adapters.views.reports import asking, files
from commands.platform.concerns import Concerns

PERMISSIONS = asking.PERMISSIONS
QUERIES: Queries = {**asking.QUERIES, **files.QUERIES}
PERSONS: Persons = {**asking.PERSONS, **files.PERSONS}
CONCERNS: Concerns = {**asking.CONCERNS, **files.CONCERNS}
from adapters.views.reports import asking, building, closings
from commands.platform.concerns import Concerns

PERMISSIONS = asking.PERMISSIONS
QUERIES: Queries = {**asking.QUERIES, **building.QUERIES, **closings.QUERIES}
PERSONS: Persons = {**asking.PERSONS, **building.PERSONS}
CONCERNS: Concerns = {**asking.CONCERNS, **building.CONCERNS, **closings.CONCERNS}
from adapters.views.reports import asking, dashboards
from commands.platform.concerns import Concerns

PERMISSIONS = asking.PERMISSIONS
QUERIES: Queries = {**asking.QUERIES, **dashboards.QUERIES}
PERSONS: Persons = {**asking.PERSONS}
CONCERNS: Concerns = {**asking.CONCERNS, **dashboards.CONCERNS}
