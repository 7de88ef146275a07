"""Long work of reports: the archive, and the closing of a month."""

from __future__ import annotations

from adapters.bootstrap.jobs import Jobs
from adapters.jobs.reports import archive, closing

JOBS: Jobs = {**archive.JOBS, **closing.JOBS}
