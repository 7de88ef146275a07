"""Batches of usage: how far one is booked, and what of it could not be."""

from __future__ import annotations

from datetime import date

from billing_core.usage.mediation.batches import (
    RefusedUsage,
    UsageBatch,
    UsageBatchBooked,
    UsageBatchBookedAgain,
    apply_usage_batch,
)
from billing_core.usage.mediation.deliveries import UsageReceived

MAY_10 = date(2026, 5, 10)


def test_a_batch_is_received_and_booked_step_by_step_and_what_was_refused_is_booked_when_it_is_mended():
    refused = RefusedUsage("A3", "S1", "data", MAY_10, 2, "component", "data", "no such component")
    facts = [
        UsageReceived(effective_on=MAY_10, source="mediation", batch="2026-05", taken=4),
        UsageBatchBooked(effective_on=MAY_10, until_account="A1", accounts=1, records=2),
        UsageBatchBooked(effective_on=MAY_10, until_account="A3", accounts=2, records=0, refused=(refused,),
                         is_complete=True),
        UsageBatchBookedAgain(effective_on=MAY_10, records=2, settled=(refused,)),
    ]  # fmt: skip
    state: UsageBatch | None = None
    steps = []
    for fact in facts:
        state = apply_usage_batch(state, fact)
        assert state is not None
        steps.append((state.waits_to_be_booked, state.booked_until, state.booked, len(state.refused), state.is_booked))

    assert steps == [
        (True, "", 0, 0, False), (True, "A1", 2, 0, False), (False, "A3", 2, 1, True), (False, "A3", 4, 0, True),
    ]  # fmt: skip
