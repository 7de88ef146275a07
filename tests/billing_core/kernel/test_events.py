"""Facts become readable bytes and come back; topics are stable, and old shapes are lifted to today's."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import msgspec
import pytest

from billing_core.kernel import events
from billing_core.kernel.events import Event, UnknownEvent, decode, encode, event, known_topics, topic_of, topics_of
from billing_core.kernel.money import Money
from billing_core.payments.events import PaymentReceived
from billing_core.services.events import SubscriptionActivated, SubscriptionTerminated

ON = date(2026, 3, 15)


@pytest.fixture
def own_topics(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events that a test defines are forgotten after it."""
    monkeypatch.setattr(events, "_topics", dict(events._topics))
    monkeypatch.setattr(events, "_decoders", dict(events._decoders))


def test_an_event_is_readable_json_with_decimals_as_text():
    fact = PaymentReceived(
        effective_on=ON, customer="C1", source="bank", reference="17", amount=Money(Decimal("49.90"), "EUR")
    )

    assert json.loads(encode(fact)) == {
        "effective_on": "2026-03-15",
        "customer": "C1",
        "source": "bank",
        "reference": "17",
        "amount": ["49.90", "EUR"],
    }


def test_decimals_come_back_with_all_their_digits():
    fact = SubscriptionActivated(
        effective_on=ON, subscription="S1", tariff="net", agreed_prices={"monthly": Decimal("12.345600")}
    )

    back = decode(topic_of(SubscriptionActivated), encode(fact))

    assert back == fact
    assert str(back.agreed_prices["monthly"]) == "12.345600"


def test_a_topic_names_the_fact_and_its_version_and_no_module():
    assert topic_of(PaymentReceived) == "payment-received/1"
    assert known_topics()["payment-received/1"] is PaymentReceived


def test_an_unknown_topic_is_refused():
    with pytest.raises(UnknownEvent, match="upgrade the program") as caught:
        decode("payment-received/99", b"{}")

    assert (caught.value.field, caught.value.value) == ("topic", "payment-received/99")
    assert caught.value.code == "unknown-event"


def test_a_topic_is_given_once(own_topics: None):
    with pytest.raises(ValueError, match="payment-received/1 is taken twice"):

        @event("payment-received")
        class AnotherPayment(Event, frozen=True, kw_only=True):
            pass

    assert known_topics()["payment-received/1"] is PaymentReceived


@pytest.fixture
def device_installed(own_topics: None) -> type[Event]:
    """First a device had a name, then a maker and a model, now a maker, a model and a serial number: today's shape."""

    @event("device-installed", 3)
    class DeviceInstalled(Event, frozen=True, kw_only=True):
        maker: str
        model: str
        serial: str

    @event("device-installed", 2)
    class DeviceInstalledWithoutSerial(Event, frozen=True, kw_only=True):
        maker: str
        model: str

        def upcast(self) -> DeviceInstalled:
            return DeviceInstalled(effective_on=self.effective_on, maker=self.maker, model=self.model, serial="unknown")

    @event("device-installed")
    class DeviceInstalledByName(Event, frozen=True, kw_only=True):
        name: str

        def upcast(self) -> DeviceInstalledWithoutSerial:
            maker, _, model = self.name.partition(" ")
            return DeviceInstalledWithoutSerial(effective_on=self.effective_on, maker=maker, model=model)

    return DeviceInstalled


def test_an_old_shape_is_lifted_version_by_version(device_installed: type[Event]):
    today = device_installed(effective_on=ON, maker="Acme", model="R2 D", serial="unknown")  # type: ignore[call-arg]
    assert decode("device-installed/1", b'{"effective_on":"2026-03-15","name":"Acme R2 D"}') == today
    assert decode("device-installed/2", b'{"effective_on":"2026-03-15","maker":"Acme","model":"R2 D"}') == today
    assert decode("device-installed/3", encode(today)) == today


def test_an_event_is_looked_for_under_every_topic_it_was_ever_stored_under(device_installed: type[Event]):
    assert set(topics_of([device_installed])) == {"device-installed/1", "device-installed/2", "device-installed/3"}
    assert topics_of([SubscriptionTerminated]) == ["subscription-terminated/1"]


def test_a_fact_never_changes():
    fact = PaymentReceived(
        effective_on=ON, customer="C1", source="bank", reference="17", amount=Money(Decimal("49.90"), "EUR")
    )

    with pytest.raises(AttributeError):
        fact.amount = Money(Decimal("0.00"), "EUR")  # type: ignore[misc]


def test_bytes_that_are_not_the_event_are_refused():
    with pytest.raises(msgspec.ValidationError, match=r"\$.amount"):
        decode("payment-received/1", b'{"effective_on":"2026-03-15","source":"b","reference":"1","amount":12.5}')
