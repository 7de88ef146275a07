"""Which report a name means: one that comes with the program, or one that somebody saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from adapters.reports.ready import ready_reports, ready_views
from adapters.views.query import Reading
from billing_core.kernel.errors import BillingError, RuleViolation
from billing_core.reports.trees import ReportSubject, ReportTree
from projections.reports.builder import Naming, built
from projections.reports.definition import Report, is_for_dealers, permission_of
from projections.reports.saved import SavedEntry, saved_reports
from projections.reports.views import Views, views_in


class BrokenReport(RuleViolation):
    """A saved report cannot be answered any more, because its view was changed."""

    code = "report-broken"


def known_report(name: str, reading: Reading) -> Report | None:
    """A report that the one who asks may see; None if there is none. A saved one that is broken says why."""
    if (ready := ready_reports().get(name)) is not None:
        return ready if may_see(ready, reading) else None
    entry = saved_entry(name, reading)
    return None if entry is None else _visible(entry, reading)


def saved_entry(name: str, reading: Reading) -> SavedEntry | None:
    """A saved report that the one who asks may see, broken or not."""
    with reading.app.queries.cursor() as cursor:  # What is saved now answers as of a moment, too.
        entry = next(iter(saved_reports(cursor, name)), None) if name else None
    return entry if entry is not None and _is_for(entry, reading) else None


def every_saved(reading: Reading) -> Iterator[tuple[SavedEntry, Report | BillingError]]:
    """The saved reports that the one who asks may see, each as a report or with what is wrong with it."""
    with reading.app.queries.cursor() as cursor:
        entries = saved_reports(cursor)
    for entry in entries:
        if not _is_for(entry, reading):
            continue
        try:
            report = _visible(entry, reading)
        except BrokenReport as broken:
            yield entry, broken
        else:
            if report is not None:
                yield entry, report


def may_see(report: Report, reading: Reading) -> bool:
    """Whether who asks holds the report's permission; an operator of a dealer sees none that is of the house alone."""
    is_open = not reading.dealer or is_for_dealers(report, ready_views())
    return is_open and reading.permits(report.wanted)


def checked(tree: ReportTree, naming: Naming) -> Report:
    """The report of a tree, if reports of its subject read the view: what is open to readers of others stays shut."""
    report = built(tree, naming, ready_views())
    subjects = subjects_by_view().get(tree.view, ())
    if naming.subject not in subjects:
        known = ", ".join(subjects) or "no subject"
        raise RuleViolation(f"is read by reports about {known}, so a report on it stands among these",
                            field="view", value=tree.view)  # fmt: skip
    return report


@cache
def subjects_by_view() -> Mapping[str, tuple[ReportSubject, ...]]:
    """The subjects whose reports read a view, itself or through another one."""
    found: dict[str, dict[ReportSubject, None]] = {}
    for report in ready_reports().values():
        for name in _all_views_in(report.sql, ready_views()):
            found.setdefault(name, {})[report.subject] = None
    return {name: tuple(subjects) for name, subjects in found.items()}


def _all_views_in(sql: str, views: Views) -> Iterator[str]:
    for name in views_in(sql):
        yield name
        yield from _all_views_in(views[name].sql, views)


def _is_for(entry: SavedEntry, reading: Reading) -> bool:
    """A private one is for its maker, and for who works on the server, who has no name here."""
    return not entry.is_private or reading.actor in ("", entry.maker)


def _visible(entry: SavedEntry, reading: Reading) -> Report | None:
    naming = Naming(entry.report, entry.title, entry.subject, entry.question)
    try:
        report = checked(entry.tree, naming)
    except BillingError as error:
        if reading.dealer or not reading.permits(permission_of(entry.subject)):
            return None
        raise BrokenReport(f"cannot be answered any more: {error}; build it anew or remove it", field="report",
                           value=entry.report) from error  # fmt: skip
    return report if may_see(report, reading) else None
