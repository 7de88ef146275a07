"""Mandates: a payer's leave to collect from an account, from its signature to its end.

    2 March 2026    signed, sepa-core           the first debit is FRST
    31 March        a debit is collected        the next one is RCUR
    10 June         suspended, AC04             nothing is drawn; resumed when the payer was asked
    31 March 2029   36 months without a debit   lapsed: a new mandate must be signed

A mandate that is to end with its next debit draws it as FNAL; one for a single debit draws it as OOFF. Its payer,
account and reference may be amended (`amendments.py`). A mandate that is over stays over: a new one has a new id. An
account has one mandate at a time that is not over, its standing method.

Decides neither which items are drawn nor what a bank's reason means.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

import msgspec

from billing_core.direct_debit.schemes import (
    SEPA,
    Scheme,
    payer_account_as_kept,
    payer_bank_as_kept,
    require_mandate_id,
)
from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import AlreadyExists, InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.personal import Personal, PersonNumber
from billing_core.parties.details import require_printable, require_text
from billing_core.time.periods import boundary

MANDATE_CLAIM = "mandate"
REFERENCE_CLAIM = "mandate-reference"
MandateState = Literal["active", "suspended", "ending", "ended", "lapsed"]
OVER: tuple[MandateState, ...] = ("ended", "lapsed")
Sequence = Literal["FRST", "RCUR", "OOFF", "FNAL"]

# --- events


@event("mandate-signed")
class MandateSigned(Event, frozen=True, kw_only=True):
    """A payer permits to collect what an account owes. `number` counts the mandates of the account from 1."""

    mandate: str
    account: str
    seller: str
    scheme: Scheme
    number: int
    lapses_on: date
    is_one_off: bool = False
    customer: PersonNumber
    payer: Personal[str]
    payer_account: Personal[str]
    payer_bank: Personal[str] = ""

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """Its number among those of the account."""
        return (Claim(MANDATE_CLAIM, mandate_key(self.account, self.number), stream, ""),)


@event("mandate-amended")
class MandateAmended(Event, frozen=True, kw_only=True):
    """Details of the mandate are others from now on: all as they stand then, and the names of those that `changed`.

    `number` counts the amendments from 1. `reference` is the id by which banks know the mandate.
    """

    number: int
    changed: tuple[str, ...]
    reference: str
    customer: PersonNumber
    payer: Personal[str]
    payer_account: Personal[str]
    payer_bank: Personal[str] = ""

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """A new reference, which no other mandate may have."""
        return (Claim(REFERENCE_CLAIM, self.reference, stream, ""),) if "reference" in self.changed else ()


@event("mandate-suspended")
class MandateSuspended(Event, frozen=True, kw_only=True):
    """Nothing is drawn by the mandate until it is resumed."""

    reason: str


@event("mandate-resumed")
class MandateResumed(Event, frozen=True, kw_only=True):
    """The mandate is used again."""


@event("mandate-final")
class MandateFinal(Event, frozen=True, kw_only=True):
    """The next debit is the last one."""

    reason: str


@event("mandate-used")
class MandateUsed(Event, frozen=True, kw_only=True):
    """A debit was presented; without another one the mandate lapses on `lapses_on`."""

    end_to_end: str
    lapses_on: date


@event("mandate-ended")
class MandateEnded(Event, frozen=True, kw_only=True):
    """The mandate is over."""

    reason: str


@event("mandate-lapsed")
class MandateLapsed(Event, frozen=True, kw_only=True):
    """The mandate is over, as no debit was drawn by it for so long."""


# --- state


class MandateDetails(NamedTuple):
    """What stands on a mandate besides its scheme; `reference` is the id by which banks know it."""

    reference: str
    payer: str
    payer_account: str
    payer_bank: str


class Mandate(msgspec.Struct):
    """A mandate with what happened to it; `details` are those that were signed and those after each amendment."""

    signed: MandateSigned
    state: MandateState
    lapses_on: date
    details: list[MandateDetails]
    reason: str = ""
    last_used_on: date | None = None
    last_debit: str = ""

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def is_drawn(self) -> bool:
        """Whether debits may be drawn by it."""
        return self.state in ("active", "ending")

    @property
    def sequence(self) -> Sequence:
        """What the next debit is in the run of debits by this mandate."""
        if self.signed.is_one_off:
            return "OOFF"
        if self.state == "ending":
            return "FNAL"
        return "FRST" if self.last_used_on is None else "RCUR"


def apply_mandate(state: Mandate | None, fact: Event) -> Mandate | None:
    """Fold one event of a mandate's stream."""
    if isinstance(fact, MandateSigned):
        return Mandate(fact, "active", fact.lapses_on, [_details(fact.mandate, fact)])
    if state is None:
        return None
    match fact:
        case MandateAmended():
            state.details.append(_details(fact.reference, fact))
        case MandateSuspended(reason=reason):
            state.state, state.reason = "suspended", reason
        case MandateResumed():
            state.state, state.reason = "active", ""
        case MandateFinal(reason=reason):
            state.state, state.reason = "ending", reason
        case MandateUsed(effective_on=on, end_to_end=end_to_end, lapses_on=lapses_on):
            state.last_used_on, state.last_debit, state.lapses_on = on, end_to_end, lapses_on
        case MandateEnded(reason=reason):
            state.state, state.reason = "ended", reason
        case MandateLapsed():
            state.state = "lapsed"
    return state


def _details(reference: str, fact: MandateSigned | MandateAmended) -> MandateDetails:
    return MandateDetails(reference, fact.payer, fact.payer_account, fact.payer_bank)


def mandate_stream(mandate: str) -> str:
    return f"mandate/{mandate}"


def mandate_key(account: str, number: int) -> str:
    """The key of an account's mandate of this number, in the order of the numbers."""
    return f"{account}/{number:06d}"


# --- decisions


def sign_mandate(known: Mandate | None, before: Mandate | None, signed: MandateSigned, today: date) -> list[Event]:
    """A new mandate of an account, whose mandate before it, if any, is over; the same one again changes nothing."""
    require_mandate_id(signed.mandate)
    require_text(signed.payer, "payer")
    require_printable(signed.payer, "payer")
    if signed.effective_on > today:
        raise InvalidValue(f"is after today, {today}", field="signed on", value=signed.effective_on)
    signed = msgspec.structs.replace(
        signed, payer_account=payer_account_as_kept(signed.scheme, signed.payer_account),
        payer_bank=payer_bank_as_kept(signed.scheme, signed.payer_bank),
    )  # fmt: skip
    if signed.is_one_off and signed.scheme not in SEPA:
        raise InvalidValue("must be a SEPA scheme if the mandate is for a single debit", field="scheme",
                           value=signed.scheme)  # fmt: skip
    if known is not None:
        if msgspec.structs.replace(signed, number=known.signed.number) == known.signed:
            return []
        raise AlreadyExists("is signed with other details; a mandate that is signed again has a new id",
                            field="mandate", value=signed.mandate)  # fmt: skip
    if before is not None and not before.is_over:
        raise RuleViolation(f"collects by mandate {before.signed.mandate} already; end that one first",
                            field="account", value=signed.account)  # fmt: skip
    if signed.lapses_on <= today:
        raise RuleViolation(f"lapsed on {signed.lapses_on}, as nothing was drawn by it; the payer must sign a new one",
                            field="mandate", value=signed.mandate)  # fmt: skip
    return [signed]


def suspend_mandate(mandate: Mandate, reason: str, on: date) -> list[Event]:
    """Draw nothing by a mandate until it is resumed; one that is suspended stays so."""
    require_text(reason, "reason")
    require_not_over(mandate)
    return [] if mandate.state == "suspended" else [MandateSuspended(effective_on=on, reason=reason)]


def resume_mandate(mandate: Mandate, on: date) -> list[Event]:
    """Use a mandate again that is suspended or was to end with its next debit."""
    require_not_over(mandate)
    return [] if mandate.state == "active" else [MandateResumed(effective_on=on)]


def end_mandate(mandate: Mandate, reason: str, on: date, *, after_next_debit: bool = False) -> list[Event]:
    """End a mandate at once, or with its next debit; one that is over stays so."""
    require_text(reason, "reason")
    if mandate.is_over:
        return []
    if not after_next_debit:
        return [MandateEnded(effective_on=on, reason=reason)]
    if mandate.state == "suspended":
        raise RuleViolation("is suspended, so nothing is drawn by it; resume it first, or end it at once",
                            field="mandate", value=mandate.signed.mandate)  # fmt: skip
    return [] if mandate.state == "ending" else [MandateFinal(effective_on=on, reason=reason)]


def use_mandate(mandate: Mandate, end_to_end: str, sequence: Sequence, on: date, lapse_months: int) -> list[Event]:
    """A debit was presented on a day; a single or last one ends the mandate."""
    if mandate.is_over:
        return []
    last = max(on, mandate.last_used_on or on)
    facts: list[Event] = [
        MandateUsed(effective_on=on, end_to_end=end_to_end, lapses_on=months_after(last, lapse_months))
    ]
    if sequence in ("OOFF", "FNAL"):
        facts.append(MandateEnded(effective_on=on, reason="its last debit was drawn"))
    return facts


def lapse_mandate(mandate: Mandate, on: date) -> list[Event]:
    """The mandate lapses on its day if no debit was drawn since; one that is over, or was used, stays as it is."""
    return [] if mandate.is_over or on < mandate.lapses_on else [MandateLapsed(effective_on=mandate.lapses_on)]


def require_mandate(mandate: Mandate | None, name: str) -> Mandate:
    """The mandate of an id."""
    if mandate is None:
        raise NotFound("no such mandate; the account shows its mandates", field="mandate", value=name)
    return mandate


def months_after(on: date, months: int) -> date:
    """The same day so many months later, or the last day of a shorter month: 36 after 29 February 2028 is the 28th."""
    return boundary(on.year, on.month + months, on.day)


def require_not_over(mandate: Mandate) -> None:
    """The mandate may still be drawn, or will be again."""
    if mandate.is_over:
        raise RuleViolation(f"is {mandate.state}; the payer must sign a new one", field="mandate",
                            value=mandate.signed.mandate)  # fmt: skip
