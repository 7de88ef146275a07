"""Decides how a series of vouchers is opened, issued in batches and blocked, and whether a voucher is accepted.

series SPRING of 300.00 CZK, valid until 31 December; batch 1 of 500 to dealer east, numbers 1 to 500
on 31 December, number 17     accepted: a payment of 300.00 by voucher SPRING-000017
on 1 January                  refused: expired
batch 1 blocked               refused, until it is unblocked
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import msgspec

from billing_core.kernel.errors import AlreadyExists, InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, zero
from billing_core.parties.details import require_printable, require_text
from billing_core.vouchers.events import (
    VoucherBatchBlocked,
    VoucherBatchUnblocked,
    VoucherSeriesOpened,
    VouchersIssued,
)

MOST_IN_BATCH = 10_000
HASH = re.compile("[0-9a-f]{64}")
CODE = re.compile("[A-Z0-9]{1,20}")

# --- state


class VoucherBatch(msgspec.Struct):
    """Vouchers that were issued together; `blocked` is the reason why none of them is accepted."""

    first: int
    count: int
    dealer: str
    issued_on: date
    blocked: str = ""


class VoucherSeries(msgspec.Struct):
    """A series with its batches by number."""

    opened: VoucherSeriesOpened
    batches: dict[int, VoucherBatch] = {}

    @property
    def issued(self) -> int:
        """The number of vouchers, and so the number of the last one."""
        return sum(batch.count for batch in self.batches.values())


def apply_series(state: VoucherSeries | None, fact: Event) -> VoucherSeries | None:
    """Fold one event of a series' stream."""
    match fact:
        case VoucherSeriesOpened():
            return VoucherSeries(fact)
        case VouchersIssued() if state is not None:
            state.batches[fact.batch] = VoucherBatch(fact.first, len(fact.hashes), fact.dealer, fact.effective_on)
        case VoucherBatchBlocked(batch=batch, reason=reason) if state is not None:
            state.batches[batch].blocked = reason
        case VoucherBatchUnblocked(batch=batch) if state is not None:
            state.batches[batch].blocked = ""
    return state


# --- decisions


def open_series(known: VoucherSeries | None, series: str, fact: VoucherSeriesOpened) -> list[Event]:
    """Open a series; its code stands in the name of each voucher."""
    if CODE.fullmatch(series) is None:
        raise InvalidValue("must be 1 to 20 of the letters A to Z and digits", field="series", value=series)
    require_printable(fact.name, "name")
    if known is not None:
        raise AlreadyExists(
            "is open already; vouchers of another amount are another series", field="series", value=series
        )
    if fact.amount <= zero(fact.amount.currency):
        raise InvalidValue("must be more than zero", field="amount", value=fact.amount)
    if fact.valid_until is not None and fact.valid_until < fact.effective_on:
        raise InvalidValue(f"is before today, {fact.effective_on}", field="valid until", value=fact.valid_until)
    return [fact]


def issue(known: VoucherSeries, hashes: Sequence[str], dealer: str, on: date) -> list[Event]:
    """Issue the next batch; its vouchers are numbered on from the last one."""
    if not 1 <= len(hashes) <= MOST_IN_BATCH:
        raise InvalidValue(f"a batch has 1 to {MOST_IN_BATCH:,} vouchers", field="hashes", value=len(hashes))
    for code in hashes:
        if HASH.fullmatch(code) is None:
            raise InvalidValue("is no SHA-256 of a code, 64 hexadecimal digits", field="hashes", value=code)
    if len(set(hashes)) < len(hashes):
        raise InvalidValue("the same code stands there twice; draw the codes anew", field="hashes", value=len(hashes))
    _require_valid(known, on)
    batch = len(known.batches) + 1
    return [VouchersIssued(effective_on=on, batch=batch, first=known.issued + 1, hashes=tuple(hashes), dealer=dealer)]


def block(known: VoucherSeries, number: int, reason: str, on: date) -> list[Event]:
    """Accept no voucher of a batch any more; blocking a blocked one changes nothing."""
    batch = batch_of(known, number)
    require_text(reason, "reason")
    return [] if batch.blocked else [VoucherBatchBlocked(effective_on=on, batch=number, reason=reason)]


def unblock(known: VoucherSeries, number: int, reason: str, on: date) -> list[Event]:
    """Accept the vouchers of a batch again."""
    batch = batch_of(known, number)
    require_text(reason, "reason")
    return [VoucherBatchUnblocked(effective_on=on, batch=number, reason=reason)] if batch.blocked else []


def require_accepted(known: VoucherSeries, batch: int, seller: str, currency: str, on: date) -> Money:
    """The amount of a voucher of a batch, for an account of a seller in a currency."""
    opened = known.opened
    if opened.seller != seller:
        raise RuleViolation(f"is one of seller {opened.seller}, the account is one of {seller}", field="code", value="")
    if opened.amount.currency != currency:
        raise RuleViolation(f"is one of {opened.amount}, the account is kept in {currency}", field="code", value="")
    _require_valid(known, on)
    if blocked := batch_of(known, batch).blocked:
        raise RuleViolation(f"is blocked with its batch, because: {blocked}", field="code", value="")
    return opened.amount


def batch_of(known: VoucherSeries, number: int) -> VoucherBatch:
    """A batch of the series by its number."""
    batch = known.batches.get(number)
    if batch is None:
        raise NotFound("the series has no such batch", field="batch", value=number)
    return batch


def require_series(known: VoucherSeries | None, series: str) -> VoucherSeries:
    """The series of a code."""
    if known is None:
        raise NotFound("no such series of vouchers; `billing vouchers` lists them", field="series", value=series)
    return known


def _require_valid(known: VoucherSeries, on: date) -> None:
    until = known.opened.valid_until
    if until is not None and on > until:
        raise RuleViolation("vouchers of the series have expired", field="valid until", value=until)
