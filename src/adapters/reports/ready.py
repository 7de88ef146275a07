"""The views, reports and dashboards that come with the program, read from their files once.

    views/NAME.yaml                 a view
    catalogue/SUBJECT/NAME.yaml     a report of a subject
    dashboards/NAME.yaml            a dashboard

A file that says something else than its place, or that is not understood, stops the program with the file's name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import TypeVar

import msgspec

from billing_core.kernel.errors import BillingError
from projections.reports.dashboards import Dashboard
from projections.reports.definition import Report
from projections.reports.views import View

SUFFIX = ".yaml"
Kind = TypeVar("Kind", View, Report, Dashboard)


class ReportFileMalformed(BillingError):
    """A file of a view, report or dashboard says something that is not understood."""

    code = "report-file-malformed"


@cache
def ready_views() -> Mapping[str, View]:
    """Every view by its name."""
    return MappingProxyType({view.name: view for _, view in _read(files("adapters.reports") / "views", View)})


@cache
def ready_reports() -> Mapping[str, Report]:
    """Every report by its name, in the order of subjects and names."""
    found = dict[str, Report]()
    for folder in sorted((files("adapters.reports") / "catalogue").iterdir(), key=lambda each: each.name):
        for name, report in _read(folder, Report):
            if report.subject != folder.name:
                raise ReportFileMalformed(f"stands among {folder.name}", field=name, value=report.subject)
            found[report.name] = report
    return MappingProxyType(found)


@cache
def ready_dashboards() -> Mapping[str, Dashboard]:
    """Every dashboard by its name, in the order of their places."""
    found = [dashboard for _, dashboard in _read(files("adapters.reports") / "dashboards", Dashboard)]
    return MappingProxyType({dashboard.name: dashboard for dashboard in sorted(found, key=lambda each: each.place)})


def _read(folder: Traversable, kind: type[Kind]) -> Iterator[tuple[str, Kind]]:
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if not file.name.endswith(SUFFIX):
            continue
        try:
            read = msgspec.yaml.decode(file.read_bytes(), type=kind)
        except msgspec.MsgspecError as error:
            raise ReportFileMalformed(str(error), field="file", value=file.name) from error
        if read.name != file.name.removesuffix(SUFFIX):
            raise ReportFileMalformed("must be the name of the file", field=file.name, value=read.name)
        yield file.name, read
