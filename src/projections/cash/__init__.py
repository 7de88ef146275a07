"""Cash desks: the desks, their sessions with counts and variances, receipts, and cash on its way."""

from __future__ import annotations

from projections.cash.desks import CashDesks, sellers_of_streams
from projections.cash.invariants import INVARIANTS
from projections.cash.prints import CashPrints
from projections.cash.receipts import streams_of_customer
from projections.cash.sessions import CashSessions
from projections.platform.area import Area

AREA = Area(
    true_by_date=(CashDesks(), CashSessions(), CashPrints()),
    invariants=INVARIANTS,
    streams_of_customer=streams_of_customer,
    sellers_of_streams=sellers_of_streams,
)
