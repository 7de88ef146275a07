"""What is said of usage, and of the batches that it comes in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from adapters.texts.sentences import sentence
from billing_core.usage.mediation.batches import (
    RefusedUsage,
    UsageBatchBooked,
)
from billing_core.usage.mediation.deliveries import Numbers, UsageReceived, WaitingUsageDismissed
from billing_core.usage.price_lists.versions import (
    ListedAs,
    PortedNumbersPublished,
    PriceListPublished,
    PriceListWithdrawn,
)
from billing_core.usage.records import DayUsage, UsageRecorded, used_once
from tests.billing_core.usage.lists import terms

ON = date(2026, 5, 10)


def test_usage_says_how_much_was_used_on_which_days():
    by_batch = UsageRecorded(
        effective_on=ON, subscription="main", component="data", batch="mediation:2026-05",
        days=(DayUsage(ON, (Decimal(3), Decimal("0.5"))), DayUsage(date(2026, 5, 12), (Decimal(1),))),
    )  # fmt: skip

    assert sentence(used_once("main", "data", ON, Decimal("1.5"))) == "subscription main: used 1.5 of data"
    assert sentence(by_batch) == (
        "subscription main: used 4.5 of data on 2 days up to 2026-05-12, batch mediation:2026-05"
    )


def test_a_batch_says_how_far_it_is_booked():
    refused = RefusedUsage("A9", "main", "data", ON, 2, "account", "A9", "no such account")
    booked = UsageBatchBooked(
        effective_on=ON, until_account="A9", accounts=5, records=1_195, refused=(refused,), is_complete=True
    )

    assert sentence(booked) == "1,195 records booked and 2 refused, up to account A9, complete"


def test_a_batch_of_a_source_says_what_became_of_its_records():
    received = UsageReceived(
        effective_on=ON, source="switch", batch="1", taken=1_200, repeated=3, refused=1,
        first_at=datetime(2026, 5, 9, 22, tzinfo=UTC), last_at=datetime(2026, 5, 10, 8, 0, 1, tzinfo=UTC),
        numbers=Numbers(7, 1_210),
    )  # fmt: skip
    again = UsageReceived(effective_on=ON, source="switch", batch="1, again 1", taken=1, mended=1, again_of="1",
                          first_at=received.first_at, last_at=received.first_at)  # fmt: skip
    dismissed = WaitingUsageDismissed(effective_on=ON, lines=(4, 9), reason="test calls")

    assert sentence(received) == (
        "1,200 records taken from 2026-05-09 22:00:00 to 2026-05-10 08:00:01 UTC, 3 repeated, 1 refused, "
        "numbers 7 to 1210"
    )
    assert sentence(again) == (
        "1 record that came in batch 1 taken from 2026-05-09 22:00:00 to 2026-05-09 22:00:00 UTC, 1 mended"
    )
    assert sentence(dismissed) == "2 records that waited dismissed, because: test calls"


def test_price_lists_say_whose_they_are_from_when_and_how_large():
    bought = PriceListPublished(
        effective_on=ON, terms=terms(code="transit"), valid_from_on=date(2026, 6, 1), content_hash="", rows=60_000,
        destinations=1, listed_as=ListedAs(kind="purchase", carrier="Northern Transit"),
    )  # fmt: skip
    withdrawn = PriceListWithdrawn(effective_on=ON, code="transit", version=2, reason="a slip")
    ported = PortedNumbersPublished(effective_on=ON, country="CZ", content_hash="", numbers=1)

    assert sentence(bought) == (
        "purchase list transit of Northern Transit from 2026-06-01: 60,000 rows for 1 destination"
    )
    assert sentence(withdrawn) == "version 2 of the list transit withdrawn, because: a slip"
    assert sentence(ported) == "1 ported number of CZ"
