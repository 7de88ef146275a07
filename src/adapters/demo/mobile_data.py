"""The demo's mobile data: a quota is used up, topped up, and a session reserves its use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from adapters.bootstrap.origins import origin_of_process
from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import UnitPrice
from billing_core.catalogue.quotas import Quota, QuotaStep, TopUp
from billing_core.catalogue.tariffs import Tariff
from billing_core.usage.control.alarms import UsageLimits
from commands.catalogue import PublishTariff
from commands.services.status import ActivateSubscription
from commands.services.usage import RecordUsage
from commands.usage.control import ReviewUsage, SetUsageLimits, TopUpQuota
from commands.usage.grants import ConfirmUsageGrant, ReserveUsage

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application
    from commands.platform.bus import Command

TARIFF, SERVICE, COMPONENT = "mobile-data", "DATA1", "data"


def mobile_data() -> Tariff:
    """20 GB at full speed, then slower, suspended after 40."""
    quota = Quota(
        steps=(
            QuotaStep(after=Decimal(20), action="slow", parameters={"speed": "1 Mbit/s"}),
            QuotaStep(after=Decimal(40), action="suspend"),
        ),
        unit="GB",
        counted_in="MB",
        top_ups=(TopUp(code="five", name="5 GB more", units=Decimal(5), price=Decimal("3.00")),),
    )
    price = UnitPrice(price=Decimal("0.0005"))
    data = Usage(code=COMPONENT, name="Mobile data", vat_rate=Decimal(21), pricing=price, quota=quota)
    return Tariff(code=TARIFF, name="Mobile data", currency="EUR", components=(data,))


def use_mobile_data(app: Application, account: str, on: date) -> None:
    """Sell mobile data to an account and use it on a day: 22 GB, a top-up, and a session that goes on."""
    for command in _month_of_data(account, on):
        app.bus.execute(command, origin_of_process("demo", on))


def _month_of_data(account: str, on: date) -> Iterator[Command]:
    yield PublishTariff(tariff=mobile_data())
    yield ActivateSubscription(account=account, subscription=SERVICE, tariff=TARIFF, on=on)
    limits = UsageLimits(monthly_amount=Decimal("20.00"), at_limit="tell")
    yield SetUsageLimits(account=account, subscription=SERVICE, limits=limits)
    for megabytes in (12_000, 10_000):
        quantity = Decimal(megabytes)
        yield RecordUsage(account=account, subscription=SERVICE, component=COMPONENT, quantity=quantity, on=on)
        yield ReviewUsage(account=account, subscription=SERVICE)
    yield TopUpQuota(account=account, subscription=SERVICE, component=COMPONENT, top_up="five")
    grant = f"{SERVICE}:1"
    yield ReserveUsage(account=account, subscription=SERVICE, component=COMPONENT, grant=grant, units=Decimal(500))
    yield ConfirmUsageGrant(account=account, grant=grant, part=1, units=Decimal(120))
