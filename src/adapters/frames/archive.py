"""The archive of usage rows for long questions: with DuckDB over its Parquet files.

    from adapters.frames.archive import archived_usage

    usage = archived_usage()
    usage.sql("SELECT left(number, 5) AS prefix, sum(seconds) FROM usage WHERE kind = 'call' GROUP BY 1").df()

The view `usage` has the rows of all archived months, with the columns of the table of rows.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adapters.bootstrap.settings import read_settings
from adapters.files.usage_parquet import archived_traffic, opened_archive
from adapters.views.query import Reading
from adapters.views.usage.traffic import TrafficQuestion, asked_of, local, zone_of
from billing_core.kernel.errors import NotFound
from projections.usage.traffic import TrafficRow, values_of_subscriptions


def archived_usage() -> Any:
    """A connection of DuckDB with the view `usage` over the archive that the settings name."""
    return opened_archive(archive_folder())


def traffic_of_archive(query: TrafficQuestion, reading: Reading) -> list[TrafficRow]:
    """The answer to a question of traffic from the archived rows instead of the sums."""
    asked = asked_of(query, reading)
    with reading.source.cursor() as cursor:
        values = values_of_subscriptions(cursor, asked)
        zone = zone_of(cursor)
    return [local(row, zone) for row in archived_traffic(archive_folder(), asked, values)]


def archive_folder() -> Path:
    """The folder of the archive, with a file at least."""
    folder = read_settings().usage_archive
    if folder is None or not any(folder.glob("*.parquet")):
        raise NotFound("no month was archived; the setting names its folder", field="usage_archive", value=folder or "")
    return folder
