"""Series of vouchers, what became of each voucher, and wrong tries, as facts."""

from __future__ import annotations

from datetime import date, datetime

from billing_core.kernel.claims import Claim
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money

VOUCHER_CLAIM = "voucher"
SERIES_KIND = "voucher-series/"
TRIES_KIND = "voucher-tries/"


@event("voucher-series-opened")
class VoucherSeriesOpened(Event, frozen=True, kw_only=True):
    """Vouchers of one amount of a seller, accepted on `valid_until` at the latest, if there is such a day."""

    seller: str
    amount: Money
    name: str = ""
    valid_until: date | None = None


@event("vouchers-issued")
class VouchersIssued(Event, frozen=True, kw_only=True):
    """A batch of vouchers, numbered on from `first`. Only hashes of their codes are kept.

    `dealer` is the one who sells them; without one the house does.
    """

    batch: int
    first: int
    hashes: tuple[str, ...]
    dealer: str = ""

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """Each code, so that it is found at once, and no code stands for two vouchers."""
        return tuple(
            Claim(VOUCHER_CLAIM, code, stream, f"{self.batch} {self.first + place}")
            for place, code in enumerate(self.hashes)
        )


@event("voucher-batch-blocked")
class VoucherBatchBlocked(Event, frozen=True, kw_only=True):
    """No voucher of the batch is accepted, for example because a box of them was stolen."""

    batch: int
    reason: str


@event("voucher-batch-unblocked")
class VoucherBatchUnblocked(Event, frozen=True, kw_only=True):
    batch: int
    reason: str


@event("voucher-redeemed")
class VoucherRedeemed(Event, frozen=True, kw_only=True):
    """A voucher was taken as a payment of an account, once for good."""

    series: str
    batch: int
    number: int
    account: str
    amount: Money


@event("voucher-try-failed")
class VoucherTryFailed(Event, frozen=True, kw_only=True):
    """A code that no voucher has was tried for an account."""

    account: str
    tried_at: datetime


@event("voucher-ban-lifted")
class VoucherBanLifted(Event, frozen=True, kw_only=True):
    """The tries of an account so far do not count any more."""

    account: str
    reason: str


def series_stream(series: str) -> str:
    return f"{SERIES_KIND}{series}"


def tries_stream(account: str) -> str:
    return f"{TRIES_KIND}{account}"


def voucher_stream(series: str, number: int) -> str:
    return f"voucher/{voucher_name(series, number)}"


def voucher_name(series: str, number: int) -> str:
    """Its name in print and as a payment's reference: `SPRING-000017`."""
    return f"{series}-{number:06}"
