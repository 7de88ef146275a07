"""The reasons for which a service is suspended, as data: each carries its policy.

A reason says how much of the recurring fees is charged meanwhile, which fees are charged at the suspension and at the
return, whether money lifts it or a person only, and what the customer reads on the own pages. Does not decide which
services are suspended.

Worked example: a reason `unpaid-deposit` at 0 %, a fee of 5.00 at the return, lifted by money

    suspended 10 March    nothing is charged from the 10th on, so unused days that were charged are credited
    paid 20 March         resumed, and 5.00 are charged once
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import msgspec

from billing_core.catalogue.prices import require_price
from billing_core.kernel.currencies import minor_digits
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event, event
from billing_core.kernel.languages import require_language
from billing_core.kernel.vat_rates import require_vat_rate
from billing_core.parties.details import require_text
from billing_core.services.events import (
    CHARGED_PERCENT_WHILE_SUSPENDED,
    NO_MONEY,
    NON_PAYMENT,
    USAGE_LIMIT,
    LiftedBy,
)
from billing_core.services.terms import require_percent

CODE = re.compile(r"[a-z0-9][a-z0-9._-]{0,49}")
# The program suspends and resumes for these by itself.
OF_THE_PROGRAM = (NO_MONEY, USAGE_LIMIT)

# --- values and events


class SuspensionFee(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An amount without VAT by currency, charged once; nothing in a currency that is not named."""

    description: str = ""
    vat_rate: Decimal = Decimal(0)
    amounts: Mapping[str, Decimal] = {}


NO_FEE = SuspensionFee()


class SuspensionReason(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A reason with its policy.

    `charge_percent` is how much of the recurring fees is charged while the service is suspended: below 100, unused days
    that were charged are credited to that extent. `page` is what the customer reads, by language.
    """

    code: str
    name: str
    charge_percent: Decimal = Decimal(0)
    lifted_by: LiftedBy = "person"
    fee_at_suspension: SuspensionFee = NO_FEE
    fee_at_return: SuspensionFee = NO_FEE
    page: Mapping[str, str] = {}

    @property
    def credits_unused_days(self) -> bool:
        return self.charge_percent < 100


@event("suspension-reason-defined")
class SuspensionReasonDefined(Event, frozen=True, kw_only=True):
    """The reason from now on, complete. Suspensions that began before keep what they were recorded with."""

    reason: SuspensionReason


# --- the reasons that are ready

READY: Mapping[str, SuspensionReason] = MappingProxyType(
    {
        code: SuspensionReason(
            code=code,
            name=name,
            charge_percent=CHARGED_PERCENT_WHILE_SUSPENDED[code],
            lifted_by="money" if code in (NON_PAYMENT, NO_MONEY) else "person",
        )
        for code, name in (
            (NON_PAYMENT, "Non-payment"),
            ("abuse", "Abuse"),
            ("operator", "Decision of the operator"),
            ("end-of-contract", "End of contract"),
            (NO_MONEY, "Not enough money on a prepaid account"),
            (USAGE_LIMIT, "Limit of usage"),
        )
    }
)

# --- state


def apply_suspension_reason(reason: SuspensionReason | None, fact: Event) -> SuspensionReason | None:
    """The reason after an event of its stream."""
    return fact.reason if isinstance(fact, SuspensionReasonDefined) else reason


# --- decisions


def define_suspension_reason(known: SuspensionReason | None, reason: SuspensionReason, on: date) -> list[Event]:
    """Define a reason, or replace its policy; the same policy changes nothing."""
    _require_sound(reason)
    if known == reason:
        return []
    return [SuspensionReasonDefined(effective_on=on, reason=reason)]


def _require_sound(reason: SuspensionReason) -> None:
    if not CODE.fullmatch(reason.code):
        raise InvalidValue("must be up to 50 small letters, digits, dots, hyphens and underscores", field="reason",
                           value=reason.code)  # fmt: skip
    require_text(reason.name, "name")
    require_percent(reason.charge_percent)
    for word, fee in (("fee at suspension", reason.fee_at_suspension), ("fee at return", reason.fee_at_return)):
        _require_fee(fee, word)
    for language, text in reason.page.items():
        require_language(language, "page")
        require_text(text, f"page in {language}")
    if reason.code in OF_THE_PROGRAM:
        _require_as_ready(reason)


def _require_fee(fee: SuspensionFee, word: str) -> None:
    if not fee.amounts:
        return
    require_text(fee.description, f"description of the {word}")
    require_vat_rate(fee.vat_rate, f"VAT rate of the {word}")
    for currency, amount in fee.amounts.items():
        minor_digits(currency)
        require_price(amount, word)
        if not amount:
            raise InvalidValue("must be more than zero; leave the currency out if nothing is charged", field=word,
                               value=f"{amount} {currency}")  # fmt: skip


def _require_as_ready(reason: SuspensionReason) -> None:
    """What the program suspends for by itself keeps its policy; its name and its page may be others."""
    ready = READY[reason.code]
    if msgspec.structs.replace(reason, name=ready.name, page=ready.page) != ready:
        raise InvalidValue("is set by the program itself, so only its name and its page can be changed", field="reason",
                           value=reason.code)  # fmt: skip
