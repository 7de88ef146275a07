"""Commands while the read models lag behind: what is committed counts, or the command waits for it and says for whom.

Somebody who is in the middle of a transaction, in whichever database of the server, holds the read models back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from adapters.bootstrap.origins import origin_of_process
from billing_core.accounts.plans import BillingPlan, Prepaid
from billing_core.kernel.errors import RuleViolation, Unavailable
from billing_core.parties.details import Address
from billing_core.parties.number_series import NumberSeries
from billing_core.parties.sellers import Seller
from billing_core.services.events import SubscriptionRepriced
from commands.accounts import ChangeBillingPlan
from commands.billing.account import BillAccount
from commands.corrections.account import Correction
from commands.corrections.run import CorrectionList, OnTariff
from commands.forgetting import ForgetCustomer
from commands.parties import RegisterSeller
from commands.price_changes.announced import PriceChange
from commands.services import ChangeTariff
from projections.accounts.balances import count_parked
from projections.platform import runner
from tests.operators import Operator, bank_row, eur, new_subscriber, silent

JANUARY = date(2026, 1, 1)


@contextmanager
def held_back(operator: Operator) -> Iterator[None]:
    """The read models show what was written before, and nothing of what is written meanwhile; nobody waits for that."""
    operator.application.runner.catch_up()
    with psycopg.connect(operator.database_url) as somebody, pytest.MonkeyPatch.context() as patch:
        somebody.execute("SELECT pg_current_xact_id()")
        patch.setattr(runner, "PATIENCE_SECONDS", 0)
        yield
        somebody.rollback()


def rejected(report: Any) -> list[tuple[str, str]]:
    return [(row.field, row.value) for row in report.rejected]


def test_a_seller_is_known_to_onboarding_and_to_the_run(operator: Operator):
    series: Any = {"invoice": NumberSeries(prefix="2", width=9), "credit-note": NumberSeries(prefix="6", width=9)}
    south = RegisterSeller(
        seller=Seller(code="south", name="South Cable", address=Address(), series=series, time_zone="UTC")
    )
    with held_back(operator):
        operator.tell(south, today=JANUARY)
        report = operator.bring_in([new_subscriber("A1", seller="south"), new_subscriber("A2", seller="west")])
        assert (report.accepted, rejected(report)) == (1, [("seller", "west")])
        seller, version = operator.application.models().sellers()["south"]
        assert (seller.name, version) == ("South Cable", 1)


def test_a_bank_file_finds_an_account_and_an_invoice_that_are_not_shown_yet(operator: Operator):
    with held_back(operator):
        operator.subscriber("A1")
        operator.tell(BillAccount(account="A1", on=JANUARY), today=JANUARY)

        report = operator.take_in(
            [bank_row(2, "4.00", "A1"), bank_row(3, "20.00", "1000000001"), bank_row(4, "1.00", "1000000002")]
        )

        assert (report.accepted, report.waiting, rejected(report)) == (2, 1, [])
    assert operator.account("A1").ledger.balance == eur("0.00")
    assert operator.findings() == []


def test_a_customer_is_not_forgotten_while_an_account_that_is_not_shown_yet_is_served(operator: Operator):
    with held_back(operator):
        operator.subscriber("A1")
        with pytest.raises(RuleViolation, match="A1"):
            operator.tell(ForgetCustomer(customer="A1", ordered_by="the customer", reason="asked for it"))


def test_a_correction_of_a_tariff_reaches_every_account_on_it_or_says_who_hides_some(operator: Operator):
    operator.publish("fast", "30.00")
    operator.subscribers(2, since=JANUARY)
    ten = Correction(on_tariff="fast", from_on=JANUARY, vat_rates={"fee": Decimal(10)})
    with held_back(operator):
        operator.subscriber("B1", tariff="fast")
        operator.tell(ChangeTariff(account="A0002", subscription="main", tariff="fast", on=JANUARY), today=JANUARY)

        listed = CorrectionList(origin_of_process().command_id, "the rate was wrong", [OnTariff("entry 1", ten)])
        with pytest.raises(Unavailable, match=r"are stuck at position .*process \d+ .* is in the middle"):
            operator.application.correction_run().play(listed, origin_of_process("clerk", JANUARY), silent)

    report = operator.application.correction_run().play(listed, origin_of_process("clerk", JANUARY), silent)

    assert sorted(report.accounts) == ["A0002", "B1"]


def test_a_price_change_is_not_said_to_be_noted_before_every_account_was_seen(operator: Operator):
    dearer = [PriceChange("line 2", "net", date(2026, 1, 16), {"fee": Decimal("23.00")})]
    origin = origin_of_process("clerk", JANUARY)
    with held_back(operator):
        operator.subscriber("A1")
        operator.tell(BillAccount(account="A1", on=JANUARY), today=JANUARY)
        with pytest.raises(Unavailable, match="the read models are stuck"):
            operator.application.price_change_run().schedule(dearer, origin, silent)

    scheduled = operator.application.price_change_run().schedule(dearer, origin, silent)

    assert (scheduled.accounts, scheduled.is_repetition) == (1, False)
    assert isinstance(operator.facts("account/A1")[-1], SubscriptionRepriced)


def test_a_run_that_cannot_see_what_it_wrote_does_not_say_that_it_is_complete(operator: Operator):
    """Whether a prepaid account has another due date is seen when the first one is billed."""
    operator.subscriber("A1")
    prepaid = ChangeBillingPlan(
        account="A1",
        plan=BillingPlan(billing_day=1, due_days=14, tolerance_days=7, prepaid=Prepaid(credit_limit=Decimal("100.00"))),
    )
    operator.tell(prepaid, today=JANUARY)
    with held_back(operator), pytest.raises(Unavailable, match="start again"):
        operator.bill(date(2026, 3, 2))

    assert operator.select("SELECT count(*) FROM billing.events WHERE topic = 'billing-run-completed/1'") == [(0,)]
    assert operator.bill(date(2026, 3, 2)).invoices == 2
    assert (operator.ask(count_parked), operator.findings()) == (0, [])
