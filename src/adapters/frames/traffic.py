"""Traffic as a frame of pandas, for notebooks and further analysis.

    from datetime import date
    from adapters.frames.traffic import traffic_frame

    frame = traffic_frame(by="product", every="month", from_on=date(2026, 1, 1), to_on=date(2027, 1, 1))
    frame.pivot(index="on", columns="of", values="bytes_in")

Counts are whole numbers (int64), `on` is a day, `hour_at` an instant in the seller's time zone; what may have decimals
is `Decimal`, exact as in the books, so a sum of it is exact too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from adapters.bootstrap.application import open_application
from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.settings import read_settings
from adapters.views.query import Reading
from adapters.views.usage.traffic import TrafficQuestion, all_traffic, zone_of

if TYPE_CHECKING:
    from pandas import DataFrame


def traffic_frame(**asked: Any) -> DataFrame:
    """What `billing usage traffic` shows, as a frame; `asked` are the fields of `ShowTraffic` except those of a page.

    The database is that of the settings, as for the command line.
    """
    with open_application(read_settings()) as app:
        app.runner.catch_up()
        return frame_of(msgspec.convert(asked, TrafficQuestion), Reading(app, app.queries, origin_of_process().today))


def frame_of(query: TrafficQuestion, reading: Reading) -> DataFrame:
    """The answer to a question as a frame."""
    import pandas as pd

    from projections.usage.traffic import TrafficRow

    rows = all_traffic(query, reading)
    with reading.source.cursor() as cursor:
        zone = zone_of(cursor)
    frame = pd.DataFrame(map(msgspec.structs.astuple, rows), columns=list(TrafficRow.__struct_fields__))
    counts = dict.fromkeys(("records", "seconds", "bytes_in", "bytes_out"), "int64")
    frame = frame.astype({**counts, "on": "datetime64[s]"})
    frame["hour_at"] = pd.to_datetime(frame["hour_at"], utc=True).dt.tz_convert(str(zone))
    return frame
