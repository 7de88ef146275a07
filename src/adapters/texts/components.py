"""A component of a tariff in words: its prices by date and customer class, and its special terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from adapters.texts.quotas import quota_text
from billing_core.catalogue.allowances import Allowance
from billing_core.catalogue.components import (
    AnyComponent,
    Discount,
    Minimum,
    OneOff,
    OnTariffChange,
    Recurring,
    Surcharge,
    Trigger,
    Usage,
)
from billing_core.catalogue.prices import Price
from billing_core.time.period_rules import MONTHLY, MONTHLY_IN_ARREARS

TRIGGERS: dict[Trigger, str] = {
    "tariff-change": "at a change of tariff",
    "upgrade": "at an upgrade",
    "downgrade": "at a downgrade",
}
ON_TARIFF_CHANGE: dict[OnTariffChange, str] = {
    "keep": "",
    "restart": ", which begin anew with a change to this tariff",
    "refuse": ", no change of tariff before their end",
}


def components_text(components: Iterable[AnyComponent], currency: str = "") -> str:
    """Components on one line."""
    return "; ".join(component_text(component, currency) for component in components)


def component_text(component: AnyComponent, currency: str = "") -> str:
    """`Monthly fee 39.90 EUR, for staff 29.90 EUR, 9.90 in the first 3 periods, 21% VAT`."""
    if isinstance(component, Discount | Surcharge):
        return f"{component.name}: {component.kind} {share_text(component)}"
    said = [prices_text(component.prices, currency) or component.kind, *_special(component)]
    return f"{component.name} {', '.join(said)}, {component.vat_rate:f}% VAT"


def _special(component: Recurring | OneOff | Usage | Minimum) -> Iterator[str]:
    """The terms that differ from the defaults."""
    if isinstance(component, OneOff):
        if component.at != "activation":
            yield TRIGGERS.get(component.at, f"at {component.at}")
        if component.committed_months:
            declining = ", declining by an equal part each month" if component.declining else ""
            on_change = ON_TARIFF_CHANGE[component.on_tariff_change]
            yield f"within {component.committed_months} months{declining}{on_change}"
        if component.instalments > 1:
            yield f"in {component.instalments} instalments"
        return
    if component.period.every != MONTHLY.every:
        yield f"every {component.period.every}"
    if isinstance(component, Minimum):
        yield f"minimum for {', '.join(component.on)}"
    if component.period.charged_in == MONTHLY_IN_ARREARS.charged_in and isinstance(component, Recurring):
        yield "in arrears"
    if isinstance(component, Usage) and component.allowance is not None:
        yield _allowance(component.allowance)
    if isinstance(component, Usage) and component.quota is not None:
        yield quota_text(component.quota)
    if isinstance(component, Recurring):
        first = 1
        for phase in component.phases:
            last = first + phase.periods - 1
            periods = f"period {first}" if first == last else f"periods {first}-{last}"
            yield f"{phase.price:f} in {periods}"
            first = last + 1
        if component.is_option:
            yield "as an option"


def _allowance(allowance: Allowance) -> str:
    if not allowance.carried_periods:
        return f"{allowance.quantity:f} included"
    most = "" if allowance.most_carried is None else f", at most {allowance.most_carried:f}"
    return f"{allowance.quantity:f} included, unused ones carried over for {allowance.carried_periods} periods{most}"


def prices_text(prices: Iterable[Price], currency: str = "") -> str:
    """The general prices in order of time, then those of each customer class."""
    by_class: dict[str, list[str]] = {}
    for price in prices:
        since = "" if price.valid_from == date.min else f" from {price.valid_from}"
        amount = f"{price.amount:f} {currency}".rstrip()
        by_class.setdefault(price.customer_class, []).append(f"{amount}{since}")
    return ", ".join(
        f"for {customer_class} {' then '.join(texts)}" if customer_class else " then ".join(texts)
        for customer_class, texts in sorted(by_class.items())
    )


def share_text(share: Discount | Surcharge) -> str:
    """A discount or surcharge in words: its amount, the components that it applies to, and its duration."""
    if share.percent is not None:
        worth = f"{share.percent:f} %"
    else:
        worth = " then ".join(f"{price.amount:f} a period" for price in share.prices)
    since = f" from {share.valid_from}" if share.valid_from else ""
    until = f" up to {share.valid_to}, exclusive" if share.valid_to else ""
    periods = f" for {share.billed_periods} billed periods" if share.billed_periods else ""
    bundle = f" together with {', '.join(share.bundle)}" if share.bundle else ""
    return f"of {worth} on {', '.join(share.on)}{periods}{since}{until}{bundle}"
