"""What was rated by a price list is rated again when another version of it is published that holds in the past."""

from __future__ import annotations

from hashlib import sha256

from adapters.bootstrap.application import Application
from adapters.postgres.jobs import JobRequest, PostgresJobs
from billing_core.usage.price_lists.versions import PriceListPublished
from commands.platform.bus import SYSTEM
from commands.platform.followers import Delivery, Follower

RATE_USAGE = "rate-usage"
NOBODY = ""


def price_list_followers(application: Application) -> list[Follower]:
    """The one that asks for the job; the key of its delivery is the id of the job, so it is asked for once."""
    jobs = PostgresJobs(application.tables)

    def ask(delivery: Delivery) -> None:
        fact = delivery.entry.event
        assert isinstance(fact, PriceListPublished)
        fields = {"price_list": fact.terms.code, "from": fact.valid_from_on.isoformat()}
        if fact.valid_from_on <= fact.effective_on:
            jobs.ask(
                JobRequest(
                    delivery.key, sha256(repr(fields).encode()).digest(), RATE_USAGE, fields, False, None, NOBODY,
                    SYSTEM, "price list", fact.effective_on, delivery.entry.recorded_at,
                )
            )  # fmt: skip

    return [Follower("rate-usage", (PriceListPublished,), ask)]
