"""A report as a frame of pandas, for notebooks and further analysis.

    from adapters.frames.reports import report_frame

    frame = report_frame("income-by-method", **{"from": "2026-01-01", "to": "2027-01-01"})
    frame.groupby("currency")["income"].sum()

Amounts, quantities and shares are `Decimal`, exact as in the books, so a sum of them is exact too. Counts are whole
numbers (Int64, which has room for what is not known), days and months days, instants those of the sellers' time zone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.bootstrap.application import open_application
from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.settings import read_settings
from adapters.views.query import Reading
from adapters.views.reports.asking import ReportQuestion
from adapters.views.reports.files import answered_whole

if TYPE_CHECKING:
    from pandas import DataFrame


def report_frame(report: str, **given: str) -> DataFrame:
    """What `billing report` shows, all rows of it, as a frame; `given` are the parameters of the report.

    The database is that of the settings, as for the command line.
    """
    with open_application(read_settings()) as app:
        app.runner.catch_up()
        origin = origin_of_process()
        reading = Reading(app, app.queries, origin.today, actor=origin.actor)
        return frame_of(ReportQuestion(report=report, given=given), reading)


def frame_of(query: ReportQuestion, reading: Reading) -> DataFrame:
    """The answer to a question as a frame."""
    import pandas as pd

    with answered_whole(query, reading) as answer:
        columns, zone = answer.report.columns, answer.by.zone
        frame = pd.DataFrame(list(answer.rows), columns=[column.name for column in columns], dtype=object)
    for column in columns:
        match column.kind:
            case "count":
                frame[column.name] = frame[column.name].astype("Int64")
            case "day" | "month":
                frame[column.name] = pd.to_datetime(frame[column.name]).astype("datetime64[s]")
            case "instant":
                frame[column.name] = pd.to_datetime(frame[column.name], utc=True).dt.tz_convert(str(zone))
    return frame
