"""Statements of banks, their movements, and the balances of bank accounts."""

from __future__ import annotations

from projections.bank_statements.accounts import BankAccounts
from projections.bank_statements.movements import INVARIANTS as MOVEMENT_INVARIANTS
from projections.bank_statements.movements import BankMovements
from projections.bank_statements.statements import Statements
from projections.platform.area import Area

AREA = Area(
    true_by_date=(BankAccounts(), Statements(), BankMovements()),
    invariants=MOVEMENT_INVARIANTS,
    attachments="SELECT content_hash FROM bank_statements",
)
