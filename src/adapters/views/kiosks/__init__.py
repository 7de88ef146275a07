"""Kiosks and wallets: connections, a connection's days and transactions, refusals, registers and their differences."""

from __future__ import annotations

from adapters.views.kiosks import connections, days
from adapters.views.query import Queries
from commands.platform.concerns import HOUSE, Concerns

QUERIES: Queries = {**connections.QUERIES, **days.QUERIES}
CONCERNS: Concerns = dict.fromkeys(QUERIES, HOUSE)
