"""Long work of reports: the archive, the closing of a month, and the forecast of revenue."""

from __future__ import annotations

from adapters.bootstrap.jobs import Jobs
from adapters.jobs.reports import archive, closing, forecast

JOBS: Jobs = {**archive.JOBS, **closing.JOBS, **forecast.JOBS}
