"""What is the balance of an account (`balances`), and what is its latest state (`states`)?"""

from __future__ import annotations

from projections.accounts.balances import Balances, sellers_of_streams, streams_of_customer
from projections.accounts.invariants import INVARIANTS
from projections.accounts.states import AccountStates
from projections.platform.area import Area

AREA = Area(
    true_by_date=(Balances(),),
    recorded=(AccountStates(),),
    invariants=INVARIANTS,
    streams_of_customer=streams_of_customer,
    sellers_of_streams=sellers_of_streams,
)
