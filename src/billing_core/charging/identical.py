"""Identical subscriptions: those that were activated and never changed owe the same, so it is decided once for all.

Most subscriptions are of this kind, and a billing run meets thousands that differ only in their code. A memo of the run
keeps what is decided for the first of them, and the others get it under their own code. If anything might distinguish
two of them (a grid of their own, phases, usage, a bundle) the memo keeps nothing, and each is decided on its own.

    10,000 subscriptions at 19.90 a month, active since days in January, on 1 March   1 decision, 10,000 charges

If their past changed, as by a price that is dated back, what was charged is compared with what is owed. That depends on
everything on record, so subscriptions are alike here only if all of it is the same but for their code: the timeline,
how far they were charged, and every charge and credit.

    10,000 at 19.90, charged for January, 22.90 from 16 January on   1 comparison, 10,000 credits and 10,000 charges
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import date

import msgspec

from billing_core.catalogue.components import AnyComponent, Discount, OneOff, Recurring, Surcharge
from billing_core.catalogue.tariffs import Catalogue, Tariff, components_ever, tariff_named
from billing_core.charging.bundles import bundle_tariffs
from billing_core.charging.charges import BilledThrough, Charge
from billing_core.charging.expected import Expected
from billing_core.charging.view import view_of
from billing_core.services.subscriptions import Subscription
from billing_core.time.periods import BillingDay

MOST_DECISIONS = 20_000
MOST_COMPARISONS = 2_000

Decision = tuple[list[Charge], BilledThrough]


class MemoOfIdenticalSubscriptions:
    """Decisions for identical subscriptions, by one catalogue; the memo belongs to one run.

    It holds at most `MOST_DECISIONS` and `MOST_COMPARISONS`; the next one begins it anew.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._decisions: dict[Hashable, Decision] = {}
        self._comparisons: dict[bytes, tuple[str, Decision]] = {}
        self._is_plain: dict[str, bool] = {}

    def coming(self, subscription: Subscription, billing_days: Sequence[BillingDay], on: date) -> Decision | None:
        """The charges due for a subscription up to and including a date; None if it must be decided on its own."""
        if len(subscription.timeline) > 1 or subscription.corrections or subscription.waivers:
            return None
        (activation,) = subscription.timeline
        due_on, charged_until = subscription.due_on, subscription.charged_until
        assert due_on is not None
        was_moved = charged_until is not None and activation.on >= charged_until  # Its day was corrected.
        if activation.kind != "activate" or was_moved or not self._has_plain_tariff(activation.tariff):
            return None
        key = (
            activation.tariff, activation.quantity, activation.options, activation.customer_class,
            activation.agreed_until, tuple(activation.agreed_prices.items()), tuple(billing_days),
            activation.on if charged_until is None else None, due_on, charged_until, on,
        )  # fmt: skip
        decision = self._decisions.get(key)
        if decision is None:
            owed = Expected(view_of(subscription, billing_days), self._catalogue)
            decision = owed.coming(due_on, on, charged_until or due_on)
            if len(self._decisions) >= MOST_DECISIONS:
                self._decisions.clear()
            self._decisions[key] = decision
        charges, billed_through = decision
        return [msgspec.structs.replace(charge, subscription=subscription.code) for charge in charges], billed_through

    def compared(
        self,
        subscription: Subscription,
        posted: Sequence[Charge],
        billing_days: Sequence[BillingDay],
        on: date,
        decide: Callable[[], Decision],
    ) -> Decision:
        """The differences due for a subscription without usage, of which everything `posted` is given.

        `decide` compares it on its own; it is called for the first one of its kind, and if a bundle looks at other
        services.
        """
        if bundle_tariffs(subscription, self._catalogue):
            return decide()
        code = subscription.code
        alike = msgspec.structs.replace(subscription, code="")
        key = msgspec.msgpack.encode((alike, [_under(charge, code, "") for charge in posted], billing_days, on))
        found = self._comparisons.get(key)
        if found is None:
            if len(self._comparisons) >= MOST_COMPARISONS:
                self._comparisons.clear()
            found = self._comparisons[key] = code, decide()
        decided_for, (charges, billed_through) = found
        return [_under(charge, decided_for, code) for charge in charges], billed_through

    def _has_plain_tariff(self, code: str) -> bool:
        found = self._is_plain.get(code)
        if found is None:
            found = self._is_plain[code] = is_plain(tariff_named(self._catalogue, code))
        return found


def _under(charge: Charge, known: str, code: str) -> Charge:
    """A charge of one subscription as one of another, with the key of the charge that it corrects."""
    if known == code:
        return charge
    corrects = None if charge.corrects is None else f"{code}{charge.corrects.removeprefix(known)}"
    return msgspec.structs.replace(charge, subscription=code, corrects=corrects)


def is_plain(tariff: Tariff) -> bool:
    """Whether nothing in a tariff depends on when a subscription began, once that is past, or on other services."""
    return all(map(_is_plain, components_ever(tariff)))


def _is_plain(component: AnyComponent) -> bool:
    match component:
        case Recurring(period=rule, phases=phases):
            is_common = rule.months == 1 and rule.align == "account" and rule.first_stub != "full-then-prorate"
            return (is_common or rule.days == 1 or rule.anchor_on is not None) and not phases
        case OneOff(at=trigger, instalments=instalments):
            return trigger == "activation" and instalments == 1
        case Discount(bundle=bundle, billed_periods=periods) | Surcharge(bundle=bundle, billed_periods=periods):
            return not bundle and periods is None
    return False
