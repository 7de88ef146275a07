"""What others learn of what happened here: webhooks of other systems, and messages to customers."""

from __future__ import annotations

from projections.outreach.messages import INVARIANTS, Messages, sellers_of_messages, streams_of_customer
from projections.outreach.webhooks import KnownWebhook, Webhooks, list_webhooks
from projections.platform.area import Area

__all__ = ["AREA", "KnownWebhook", "list_webhooks"]

AREA = Area(
    recorded=(Webhooks(), Messages()),
    invariants=INVARIANTS,
    streams_of_customer=streams_of_customer,
    sellers_of_streams=sellers_of_messages,
)
