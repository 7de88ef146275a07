"""Payments: receive, allocate, reverse, refund, transfer; remittances and how money is matched; debts written off."""

from commands.payments import (
    account,
    advances,
    by_hand,
    crumbs,
    falling_due,
    giving_back,
    matching_rules,
    payer_accounts,
    remittances,
    transfers,
)
from commands.platform.area import Area
from commands.platform.concerns import HOUSE

AREA = Area(
    handlers={
        **account.HANDLERS,
        **advances.HANDLERS,
        **by_hand.HANDLERS,
        **crumbs.HANDLERS,
        **falling_due.HANDLERS,
        **giving_back.HANDLERS,
        **remittances.HANDLERS,
        **payer_accounts.HANDLERS,
        **matching_rules.HANDLERS,
        **transfers.HANDLERS,
    },
    concerns={
        **account.CONCERNS,
        **advances.CONCERNS,
        **by_hand.CONCERNS,
        **crumbs.CONCERNS,
        **giving_back.CONCERNS,
        **dict.fromkeys((*remittances.HANDLERS, *matching_rules.HANDLERS), HOUSE),
        **transfers.CONCERNS,
    },
    wakes=falling_due.WAKES,
)
