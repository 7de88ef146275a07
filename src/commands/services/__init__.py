"""Subscriptions: whether they are active (`status`), their terms (`terms`), usage (`usage`), and account (`moves`)."""

from __future__ import annotations

from commands.platform.area import Area
from commands.services import moves, service_fields, status, terms, usage, yearly_holds
from commands.services.moves import MoveSubscription, UndoMove
from commands.services.service_fields import SetServiceFields
from commands.services.status import (
    ActivateSubscription,
    CancelChange,
    HoldSubscription,
    ResumeSubscription,
    SuspendSubscription,
    TerminateSubscription,
)
from commands.services.subscriptions import (
    Subject,
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
)
from commands.services.usage import RecordUsage, WithdrawUsage, usage_settled

__all__ = [
    "AREA",
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
    "SetServiceFields",
    "Subject",
    "SubscriptionChange",
    "SubscriptionCommand",
    "SuspendSubscription",
    "TerminateSubscription",
    "UndoMove",
    "WithdrawUsage",
    "parameters_given",
    "require_currency_of",
    "subscription_of",
    "usage_settled",
]

AREA = Area(
    handlers={
        **status.HANDLERS,
        **terms.HANDLERS,
        **usage.HANDLERS,
        **moves.HANDLERS,
        **service_fields.HANDLERS,
        **yearly_holds.HANDLERS,
    },
    wakes=yearly_holds.WAKES,
)
