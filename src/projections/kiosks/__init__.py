"""Kiosks and wallets: connections, their transactions by day, what was refused and why, and registers compared."""

from __future__ import annotations

from projections.kiosks.connections import KioskConnections, sellers_of_streams
from projections.kiosks.refusals import KioskRefusals
from projections.kiosks.registers import INVARIANTS as REGISTER_INVARIANTS
from projections.kiosks.registers import KioskRegisters
from projections.kiosks.transactions import INVARIANTS as TRANSACTION_INVARIANTS
from projections.kiosks.transactions import KioskTransactions, streams_of_customer
from projections.platform.area import Area

AREA = Area(
    true_by_date=(KioskConnections(), KioskTransactions(), KioskRegisters()),
    recorded=(KioskRefusals(),),
    invariants={**TRANSACTION_INVARIANTS, **REGISTER_INVARIANTS},
    streams_of_customer=streams_of_customer,
    sellers_of_streams=sellers_of_streams,
)
