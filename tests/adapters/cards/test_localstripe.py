"""The gateway against a server in Stripe's dialect that is not ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from pydantic import SecretStr

from adapters.cards.settings import StripeSettings
from adapters.cards.stripe_gateway import StripeGateway
from billing_core.cards.payments import CardPayment, CardPaymentAsked
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money
from commands.cards.ports import CardAgreement, CardAsk, RefundAsk
from commands.platform.followers import Undelivered
from tests.counterparts.stripe import localstripe

AGREEMENT = CardAgreement("A0001", "A0001", "charge what is due")
CROWNS = Money(Decimal("121.00"), "CZK")


def settings_at(address: str) -> StripeSettings:
    return StripeSettings(secret_key=SecretStr("sk_test_12345"), callback_secret=SecretStr("whsec_test"), api=address)


@pytest.fixture(scope="module")
def stripe() -> Iterator[StripeGateway]:
    with localstripe() as address:
        yield StripeGateway(settings_at(address))


def ask(stripe: StripeGateway, card: str, key: str) -> CardAsk:
    stored = stripe.attach(AGREEMENT, card)
    asked = CardPaymentAsked(
        effective_on=date(2026, 3, 2), account="A0001", customer="C1", gateway="stripe", amount=CROWNS, way="stored",
        gateway_customer=stored.gateway_customer, payment_method=stored.payment_method,
    )  # fmt: skip
    return CardAsk(key, CardPayment(asked))


def test_a_card_is_stored_with_its_last_digits_and_month_alone(stripe: StripeGateway):
    stored = stripe.attach(AGREEMENT, "pm_card_visa")

    assert (stored.brand, stored.last_four, stored.expires) == ("visa", "4242", "2030-12")
    assert (stored.account, stored.agreed) == ("A0001", "charge what is due")
    with pytest.raises(InvalidValue):
        stripe.attach(AGREEMENT, "pm_card_visa_chargeDeclined")


def test_a_charge_is_made_once_under_its_key_though_the_server_knows_no_idempotency(stripe: StripeGateway):
    asked = ask(stripe, "pm_card_visa", "A0001-1")

    first, second = stripe.charge(asked), stripe.charge(asked)

    assert (first.state, first.amount, first.key) == ("succeeded", CROWNS, "A0001-1")
    assert first == second == stripe.look(asked)
    assert [first] == list(stripe.read(first.reference))


def test_a_refused_charge_says_why_and_is_not_tried_again_under_its_key(stripe: StripeGateway):
    asked = ask(stripe, "pm_card_chargeCustomerFail", "A0001-2")

    refused = stripe.charge(asked)

    assert (refused.state, refused.code) == ("failed", "card_declined")
    again = stripe.charge(asked)
    assert (again.state, again.reference) == ("failed", refused.reference)


def test_a_refund_is_made_once_under_its_number(stripe: StripeGateway):
    charge = stripe.charge(ask(stripe, "pm_card_visa", "A0001-3"))
    wanted = RefundAsk("A0001-3", charge.reference, 1, Money(Decimal("21.00"), "CZK"))

    first, second = stripe.refund(wanted), stripe.refund(wanted)

    assert (first.state, first.amount, first.number) == ("done", wanted.amount, 1)
    assert first == second
    assert [first] == list(stripe.read(first.reference))


def test_a_gateway_that_does_not_answer_is_asked_again_later():
    with pytest.raises(Undelivered, match="did not answer"):
        StripeGateway(settings_at("http://127.0.0.1:9")).read("pi_1")
