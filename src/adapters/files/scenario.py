"""Scenarios: a YAML file of price lists, accounts with what happens on them, and billing runs, for `billing simulate`.

    currency: EUR
    tariffs:
      - code: net
        components:
          - {code: monthly, kind: recurring, price: "19.90", every: 1 month}
    accounts:
      - code: A1
        billing_day: 31                   # 1 to 31, or last
        plan: postpaid                    # or prepaid
        subscriptions:
          - code: S1
            tariff: net
            timeline:
              - {on: 2026-01-31, do: activate}
              - {on: 2026-03-10, do: hold, recorded: 2026-04-02}
        payments: [{on: 2026-02-10, amount: "19.90"}]
    runs: [2026-01-31, 2026-02-28]

`recorded` is the day on which something is learnt, that on which it is true unless said. The words of tariffs are those
of `adapters.files.tariffs`. All that is written is taken as written, and anything that is not known is an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from adapters.files.components import Exact, Text, Written, WrittenDiscount
from adapters.files.tariffs import WrittenTariff, tariff_from
from adapters.files.written_yaml import Document, Part, file_field, read_document, told
from billing_core.catalogue.components import Discount, Recurring, Usage, require_share
from billing_core.catalogue.tariffs import Tariff
from billing_core.errors import BillingError, InvalidValue
from billing_core.money import parse_amount
from billing_core.payments import PaymentReceived
from billing_core.plans import BillingPlan, Prepaid
from billing_core.services.events import (
    ChangeKind,
    SubscriptionActivated,
    SubscriptionChangeCancelled,
    SubscriptionDiscountEnded,
    SubscriptionDiscountGranted,
    SubscriptionEvent,
    SubscriptionHeld,
    SubscriptionOptionAdded,
    SubscriptionOptionDropped,
    SubscriptionPriceChanged,
    SubscriptionQuantityChanged,
    SubscriptionResumed,
    SubscriptionSuspended,
    SubscriptionTariffChanged,
    SubscriptionTerminated,
)
from billing_core.usage import UsageRecorded
from commands.bus import BusinessDate
from commands.simulation import Entry, Scenario, ScenarioAccount

LAST_DAY = 31

# --- what happens


class WrittenEntry(Written):
    """Something that is true from a day, or on a day, and when it was learnt."""

    on: BusinessDate
    recorded: BusinessDate | None = None

    @property
    def recorded_on(self) -> date:
        return self.recorded or self.on


class WrittenChange(WrittenEntry):
    """A change of a subscription."""

    def fact(self, subscription: WrittenSubscription, tariffs: Mapping[str, Tariff]) -> SubscriptionEvent:
        """The change as a fact."""
        raise NotImplementedError


class WrittenActivate(WrittenChange):
    do: Literal["activate"]
    quantity: Exact | None = None
    prices: Mapping[Text, Exact] = {}
    until: BusinessDate | None = None

    def fact(self, subscription: WrittenSubscription, tariffs: Mapping[str, Tariff]) -> SubscriptionEvent:
        return SubscriptionActivated(
            effective_on=self.on,
            subscription=subscription.code,
            tariff=subscription.tariff,
            quantity=subscription.quantity if self.quantity is None else self.quantity,
            agreed_prices=dict(self.prices),
            agreed_until=self.until,
            options=tuple(subscription.options),
            customer_class=subscription.customer_class,
        )


class WrittenChangeTariff(WrittenChange):
    do: Literal["change-tariff"]
    tariff: Text
    prices: Mapping[Text, Exact] = {}
    until: BusinessDate | None = None

    def fact(self, subscription: WrittenSubscription, tariffs: Mapping[str, Tariff]) -> SubscriptionEvent:
        return SubscriptionTariffChanged(
            effective_on=self.on, subscription=subscription.code, tariff=self.tariff,
            agreed_prices=dict(self.prices), agreed_until=self.until,
        )  # fmt: skip


class WrittenChangeQuantity(WrittenChange):
    do: Literal["change-quantity"]
    quantity: Exact

    def fact(self, subscription: WrittenSubscription, tariffs: Mapping[str, Tariff]) -> SubscriptionEvent:
        return SubscriptionQuantityChanged(effective_on=self.on, subscription=subscription.code, quantity=self.quantity)


class WrittenChangePrice(WrittenChange):
    """One price, of the named component or of the only recurring one; or several by component."""

    do: Literal["change-price"]
    price: Exact | None = None
    component: str = ""
    prices: Mapping[Text, Exact] = {}
    until: BusinessDate | None = None

    def fact(self, subscription: WrittenSubscription, tariffs: Mapping[str, Tariff]) -> SubscriptionEvent:
        prices: dict[str, Decimal | None] = dict(self.prices)
        if (self.price is None) == (not prices):
            raise InvalidValue("has either a price or prices by component", field="change-price")
        if self.price is not None:
            prices[self.component or _only_fee(subscription, tariffs)] = self.price
        return SubscriptionPriceChanged(
            effective_on=self.on, subscription=subscription.code, agreed_prices=prices, agreed_until=self.until
        )


class WrittenHold(WrittenChange):
    do: Literal["hold"]
    charge_percent: Exact = Decimal(0)

    def fact(self, subscription: WrittenSubscription, tariffs: Mapping[str, Tariff]) -> SubscriptionEvent:
        return SubscriptionHeld(
            effective_on=self.on, subscription=subscription.code, charge_percent=self.charge_percent
        )


class WrittenSuspend(WrittenChange):
    do: Literal["suspend"]
    reason: Text = "operator"
    charge_percent: Exact | None = None

    def fact(self, subscription: WrittenSubscription, tariffs: Mapping[str, Tariff]) -> SubscriptionEvent:
        return SubscriptionSuspended(
            effective_on=self.on, subscription=subscription.code, reason=self.reason,
            charge_percent=self.charge_percent,
        )  # fmt: skip


class WrittenEnd(WrittenChange):
    do: Literal["resume", "terminate"]

    def fact(self, subscription: WrittenSubscription, tariffs: Mapping[str, Tariff]) -> SubscriptionEvent:
        kind = SubscriptionResumed if self.do == "resume" else SubscriptionTerminated
        return kind(effective_on=self.on, subscription=subscription.code)


class WrittenOption(WrittenChange):
    do: Literal["add-option", "drop-option"]
    option: Text

    def fact(self, subscription: WrittenSubscription, tariffs: Mapping[str, Tariff]) -> SubscriptionEvent:
        kind = SubscriptionOptionAdded if self.do == "add-option" else SubscriptionOptionDropped
        return kind(effective_on=self.on, subscription=subscription.code, option=self.option)


class WrittenGrantDiscount(WrittenChange):
    do: Literal["grant-discount"]
    discount: WrittenDiscount

    def fact(self, subscription: WrittenSubscription, tariffs: Mapping[str, Tariff]) -> SubscriptionEvent:
        discount = self.discount.core()
        assert isinstance(discount, Discount)
        require_share(discount, f"discount {discount.code}")
        return SubscriptionDiscountGranted(effective_on=self.on, subscription=subscription.code, discount=discount)


class WrittenEndDiscount(WrittenChange):
    do: Literal["end-discount"]
    discount: Text

    def fact(self, subscription: WrittenSubscription, tariffs: Mapping[str, Tariff]) -> SubscriptionEvent:
        return SubscriptionDiscountEnded(effective_on=self.on, subscription=subscription.code, discount=self.discount)


class WrittenCancel(WrittenChange):
    """The last change of a kind on that day does not take place."""

    do: Literal["cancel"]
    change: ChangeKind

    def fact(self, subscription: WrittenSubscription, tariffs: Mapping[str, Tariff]) -> SubscriptionEvent:
        return SubscriptionChangeCancelled(effective_on=self.on, subscription=subscription.code, kind=self.change)


AnyChange = Annotated[
    WrittenActivate | WrittenChangeTariff | WrittenChangeQuantity | WrittenChangePrice | WrittenHold | WrittenSuspend
    | WrittenEnd | WrittenOption | WrittenGrantDiscount | WrittenEndDiscount | WrittenCancel,
    Field(discriminator="do"),
]  # fmt: skip


class WrittenUsage(WrittenEntry):
    component: Text
    quantity: Exact


class WrittenPayment(WrittenEntry):
    amount: Text


# --- who it happens to


class WrittenSubscription(Written):
    code: Text
    tariff: Text
    quantity: Exact = Decimal(1)
    options: Sequence[Text] = ()
    customer_class: str = ""
    timeline: Annotated[Sequence[AnyChange], Field(min_length=1)]
    usage: Sequence[WrittenUsage] = ()


def _billing_day(written: object) -> object:
    return LAST_DAY if written == "last" else written


class WrittenAccount(Written):
    code: Text
    billing_day: Annotated[int, BeforeValidator(_billing_day)] = 1
    plan: Literal["postpaid", "prepaid"] = "postpaid"
    due_days: int = 14
    credit_limit: Exact = Decimal(0)
    covers: Literal["whole", "days"] = "whole"
    resume_on: Literal["old-grid", "new-grid"] = "old-grid"
    suspend_below: Exact | None = None
    resume_at: Exact | None = None
    subscriptions: Sequence[WrittenSubscription] = ()
    payments: Sequence[WrittenPayment] = ()

    def billing_plan(self) -> BillingPlan:
        """The plan as the rules know it."""
        prepaid = Prepaid(
            credit_limit=self.credit_limit, covers=self.covers, resume_on=self.resume_on,
            suspend_below=self.suspend_below, resume_at=self.resume_at,
        )  # fmt: skip
        return BillingPlan(
            billing_day=self.billing_day, due_days=self.due_days, tolerance_days=0,
            prepaid=prepaid if self.plan == "prepaid" else None,
        )  # fmt: skip


class WrittenScenario(Written):
    currency: Text
    tariffs: Annotated[Sequence[WrittenTariff], Field(min_length=1)]
    accounts: Annotated[Sequence[WrittenAccount], Field(min_length=1)]
    runs: Annotated[Sequence[BusinessDate], Field(min_length=1)]


# --- reading


def read_scenario(path: Path) -> Scenario:
    """The scenario in a file; every fault of it, each with line and place, in one `InvalidValue`."""
    document = read_document(path)
    try:
        written = WrittenScenario.model_validate(document.written)
    except ValidationError as error:
        faults = (told(fault, document.place) for fault in error.errors())
        raise InvalidValue("; ".join(faults), field=file_field(path)) from None
    return _Reading(written, document).scenario()


class _Reading:
    """A scenario on its way from what is written to what is played."""

    def __init__(self, written: WrittenScenario, document: Document) -> None:
        self._written = written
        self._document = document
        self._tariffs: dict[str, Tariff] = {}

    def scenario(self) -> Scenario:
        places: dict[tuple[str, str], str] = {}
        for number, written in enumerate(self._written.tariffs):
            place = self._place("tariffs", number)
            self._require(written.code not in self._tariffs, place, "tariff", written.code, "stands twice")
            tariff = self._tariffs[written.code] = tariff_from(written, self._written.currency)
            for index, component in enumerate(tariff.components):
                places[tariff.code, component.code] = self._place("tariffs", number, "components", index)
            self._require(tariff.currency == self._written.currency, place, "currency", tariff.currency,
                          f"the scenario is in {self._written.currency}")  # fmt: skip
        accounts: dict[str, ScenarioAccount] = {}
        for number, account in enumerate(self._written.accounts):
            place = self._place("accounts", number)
            self._require(account.code not in accounts, place, "account", account.code, "stands twice")
            entries = list(self._entries(number, account))
            accounts[account.code] = ScenarioAccount(account.code, account.billing_plan(), entries, place)
        return Scenario(self._written.currency, self._tariffs, list(accounts.values()), self._written.runs, places)

    def _entries(self, number: int, account: WrittenAccount) -> Iterator[Entry]:
        codes: set[str] = set()
        for index, subscription in enumerate(account.subscriptions):
            location: tuple[Part, ...] = ("accounts", number, "subscriptions", index)
            place = self._place(*location)
            self._require(subscription.code not in codes, place, "subscription", subscription.code, "stands twice")
            codes.add(subscription.code)
            yield from self._changes(location, subscription)
            yield from self._usage(location, subscription)
        for index, payment in enumerate(account.payments):
            place = self._place("accounts", number, "payments", index)
            with_amount = self._said(place, lambda: parse_amount(payment.amount, self._written.currency, "amount"))  # noqa: B023
            fact = PaymentReceived(
                effective_on=payment.on, customer=account.code, source="scenario", reference=str(index + 1),
                amount=with_amount,
            )  # fmt: skip
            yield Entry(payment.recorded_on, fact, place)

    def _changes(self, location: tuple[Part, ...], subscription: WrittenSubscription) -> Iterator[Entry]:
        self._known_tariff(subscription.tariff, self._place(*location, "tariff"))
        for index, change in enumerate(subscription.timeline):
            place = self._place(*location, "timeline", index)
            if isinstance(change, WrittenChangeTariff):
                self._known_tariff(change.tariff, self._place(*location, "timeline", index, "tariff"))
            fact = self._said(place, lambda: change.fact(subscription, self._tariffs))  # noqa: B023
            if isinstance(fact, SubscriptionPriceChanged | SubscriptionActivated | SubscriptionTariffChanged):
                for code in fact.agreed_prices:
                    self._known_component(code, subscription, place)
            yield Entry(change.recorded_on, fact, place)

    def _usage(self, location: tuple[Part, ...], subscription: WrittenSubscription) -> Iterator[Entry]:
        for index, used in enumerate(subscription.usage):
            place = self._place(*location, "usage", index)
            self._known_component(used.component, subscription, place, Usage)
            fact = UsageRecorded(
                effective_on=used.on, subscription=subscription.code, component=used.component,
                quantity=used.quantity,
            )  # fmt: skip
            yield Entry(used.recorded_on, fact, place)

    def _known_tariff(self, code: str, place: str) -> None:
        self._require(code in self._tariffs, place, "tariff", code, "is not among the tariffs")

    def _known_component(
        self, code: str, subscription: WrittenSubscription, place: str, kind: type[Any] = object
    ) -> None:
        found = _components(subscription, self._tariffs)
        what = "usage component" if kind is Usage else "component"
        self._require(any(component.code == code and isinstance(component, kind) for component in found), place,
                      "component", code, f"is no {what} of the subscription's tariffs")  # fmt: skip

    def _place(self, *location: Part) -> str:
        return self._document.place(location)

    def _said(self, place: str, decide: Any) -> Any:
        try:
            return decide()
        except BillingError as error:
            raise InvalidValue(str(error), field=place) from None

    def _require(self, is_right: bool, place: str, what: str, value: str, wrong: str) -> None:
        if not is_right:
            raise InvalidValue(f"{what} {value!r} {wrong}", field=place)


def _components(subscription: WrittenSubscription, tariffs: Mapping[str, Tariff]) -> list[Any]:
    """All components of the tariffs that a subscription ever has."""
    codes = [subscription.tariff]
    codes += [change.tariff for change in subscription.timeline if isinstance(change, WrittenChangeTariff)]
    return [component for code in codes for component in tariffs[code].components if code in tariffs]


def _only_fee(subscription: WrittenSubscription, tariffs: Mapping[str, Tariff]) -> str:
    fees = dict.fromkeys(
        component.code for component in _components(subscription, tariffs) if isinstance(component, Recurring)
    )
    if len(fees) != 1:
        raise InvalidValue(f"name the component whose price changes, one of {', '.join(fees) or 'none'}",
                           field="change-price")  # fmt: skip
    return next(iter(fees))
