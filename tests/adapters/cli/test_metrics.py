"""What a monitoring system reads of the program, as its own parser understands it."""

from __future__ import annotations

import psycopg
from prometheus_client.parser import text_string_to_metric_families

from tests.adapters.cli.conftest import PROFILE, SUBSCRIBERS, Billing
from tests.adapters.cli.test_projections import NAMES
from tests.waiting import eventually

# The subscribers have agreed prices of their own; a subscription at the list price cannot be billed in February.
UNTIL_FEBRUARY = PROFILE.replace("from: 2020-01-01", "from: 2020-01-01, to: 2026-02-01")


def figures(billing: Billing) -> dict[tuple[str, str], float]:
    """Every figure by its name and the read model it is about."""
    shown = billing("metrics")
    assert shown.code == 0, shown.errors
    families = list(text_string_to_metric_families(shown.output))
    assert all(family.documentation and family.type == "gauge" for family in families)
    return {
        (sample.name, sample.labels.get("model", "")): sample.value for family in families for sample in family.samples
    }


def test_an_empty_database_has_figures_too(billing: Billing):
    found = figures(billing)
    for name in ("billing_log_newest_position", "billing_log_final_position", "billing_newest_seal",
                 "billing_newest_sealed_position", "billing_parked_accounts", "billing_log_held_seconds"):  # fmt: skip
        assert found[name, ""] == 0
    assert {model for name, model in found if name == "billing_read_model_position"} == set(NAMES)


def test_positions_lag_and_seals_are_those_of_the_store(billed: Billing):
    ((newest,),) = billed.select("SELECT max(position) FROM billing.events")
    key = str(billed.folder / "key")
    assert billed("seal-key", key).code == 0
    assert billed("seal", "--key", key, "--now").code == 0
    assert billed("do", "register-customer", "number=7", "name=New").code == 0
    billed.execute(
        f"UPDATE billing.events SET recorded_at = recorded_at - interval '1 hour' WHERE position = {newest + 1}"
    )

    eventually(lambda: figures(billed)["billing_log_final_position", ""] == newest + 1)
    found = figures(billed)

    assert found["billing_log_newest_position", ""] == newest + 1
    assert (found["billing_newest_seal", ""], found["billing_newest_sealed_position", ""]) == (1, newest)
    for model in NAMES:
        assert found["billing_read_model_position", model] == newest
        assert found["billing_read_model_lag_events", model] == 1
        assert 3600 <= found["billing_read_model_lag_seconds", model] < 3700
        assert found["billing_read_model_is_outdated", model] == 0


def test_a_transaction_that_holds_the_log_back_is_seen(billed: Billing):
    with psycopg.connect(billed.database_url) as foreign:
        foreign.execute("SELECT pg_current_xact_id()")
        assert billed("do", "register-customer", "number=7", "name=New").code == 0
        foreign.execute("SELECT pg_sleep(0.1)")
        found = figures(billed)
        assert found["billing_log_final_position", ""] == found["billing_log_newest_position", ""] - 1
        assert found["billing_log_held_seconds", ""] > 0.1


def test_parked_accounts_are_counted_unless_their_read_model_must_be_rebuilt(billing: Billing):
    assert billing.bring_in(SUBSCRIBERS, UNTIL_FEBRUARY).code == 0
    for customer in ("1", "2"):
        assert billing("do", "activate-subscription", f"account={customer}", "subscription=old", "tariff=net",
                       "on=2026-01-01").code == 0  # fmt: skip
    assert billing("run", "--until", "2026-04-01").code == 0
    assert figures(billing)["billing_parked_accounts", ""] == 2

    billing.execute("UPDATE billing.checkpoints SET version = 0 WHERE projection = 'balances'")
    found = figures(billing)
    assert ("billing_parked_accounts", "") not in found
    assert found["billing_read_model_is_outdated", "balances"] == 1
