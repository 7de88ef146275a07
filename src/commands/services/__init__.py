"""Subscriptions: whether they are there (`status`), on which terms (`terms`), and in which account (`moves`)."""

from __future__ import annotations

from commands.bus import Handlers
from commands.services import moves, status, terms
from commands.services.moves import MoveSubscription, UndoMove
from commands.services.status import (
    ActivateSubscription,
    CancelChange,
    HoldSubscription,
    ResumeSubscription,
    SuspendSubscription,
    TerminateSubscription,
)
from commands.services.subscriptions import (
    SubscriptionChange,
    SubscriptionCommand,
    parameters_given,
    require_currency_of,
    subscription_of,
)
from commands.services.terms import (
    AddOption,
    ChangeParameters,
    ChangePrice,
    ChangeQuantity,
    ChangeTariff,
    DropOption,
    EndDiscount,
    GrantDiscount,
    RecordUsage,
)

__all__ = [
    "HANDLERS",
    "ActivateSubscription",
    "AddOption",
    "CancelChange",
    "ChangeParameters",
    "ChangePrice",
    "ChangeQuantity",
    "ChangeTariff",
    "DropOption",
    "EndDiscount",
    "GrantDiscount",
    "HoldSubscription",
    "MoveSubscription",
    "RecordUsage",
    "ResumeSubscription",
    "SubscriptionChange",
    "SubscriptionCommand",
    "SuspendSubscription",
    "TerminateSubscription",
    "UndoMove",
    "parameters_given",
    "require_currency_of",
    "subscription_of",
]

HANDLERS: Handlers = {**status.HANDLERS, **terms.HANDLERS, **moves.HANDLERS}
