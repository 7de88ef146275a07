"""Rating the records of many accounts again."""

from __future__ import annotations

from datetime import date

from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from commands.usage.rating_again import RatedAgain


class RateUsage(Job, frozen=True, kw_only=True):
    """Rate the records since a day again, of one price list if it is named; accounts learn the differences.

    A price list that is published or withdrawn asks for it by itself.
    """

    from_on: date
    price_list: str = ""


def rate_usage(asked: RateUsage, work: Work) -> RatedAgain:
    """Rate again, some accounts at a time."""
    with work.watch("Rating", "accounts", None) as advance:
        found = work.app.rating_again().run(asked.price_list, asked.from_on, work.origin, advance)
    work.app.runner.catch_up()
    return found


JOBS: Jobs = {RateUsage: Kind(rate_usage)}
