"""Publish tariffs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from billing_core.catalogue.components import AnyComponent, OneOff, Recurring
from billing_core.catalogue.prices import Price
from billing_core.catalogue.tariffs import Tariff, apply_tariff, publish_tariff
from billing_core.errors import NotFound
from commands.bus import BusinessDate, Command, Decision, ExactDecimal, Handlers
from commands.ports import Append, Origin, Transaction

# --- commands


class ListPrice(Command):
    amount: ExactDecimal
    valid_from: BusinessDate
    valid_to: BusinessDate | None = None


class TariffComponent(Command):
    code: str
    name: str
    kind: Literal["recurring", "one-off"]
    vat_rate: ExactDecimal
    prices: Sequence[ListPrice]


class PublishTariff(Command):
    """A price list in one currency; once published it never changes."""

    code: str
    name: str
    currency: str
    components: Sequence[TariffComponent]
    prices_include_vat: bool = False


# --- handlers


def tariff_stream(code: str) -> str:
    return f"tariff/{code}"


def load_tariff(transaction: Transaction, code: str) -> Tariff:
    """The published tariff, or `NotFound`."""
    tariff, _ = transaction.load(tariff_stream(code), apply_tariff)
    if tariff is None:
        raise NotFound("no such tariff is published", field="tariff", value=code)
    return tariff


def handle_publish_tariff(command: PublishTariff, transaction: Transaction, origin: Origin) -> Decision:
    stream = tariff_stream(command.code)
    existing, version = transaction.load(stream, apply_tariff)
    tariff = Tariff(
        code=command.code,
        name=command.name,
        currency=command.currency,
        components=tuple(_component(component) for component in command.components),
        prices_include_vat=command.prices_include_vat,
    )
    return Decision((Append(stream, version, publish_tariff(existing, tariff, origin.today)),))


def _component(component: TariffComponent) -> AnyComponent:
    prices = tuple(
        Price(amount=price.amount, valid_from=price.valid_from, valid_to=price.valid_to) for price in component.prices
    )
    kind = Recurring if component.kind == "recurring" else OneOff
    return kind(code=component.code, name=component.name, vat_rate=component.vat_rate, prices=prices)


HANDLERS: Handlers = {PublishTariff: handle_publish_tariff}
