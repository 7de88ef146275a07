"""What others learn of what happened here: webhooks of other systems, and messages to customers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from projections.outreach import bulk, messages
from projections.outreach.bases import CustomerBases
from projections.outreach.bulk import BulkMessages
from projections.outreach.messages import Messages
from projections.outreach.unreachable import UnreachableAddresses
from projections.outreach.webhooks import KnownWebhook, Webhooks, list_webhooks
from projections.platform.area import Area
from projections.platform.projection import Cursor

__all__ = ["AREA", "KnownWebhook", "list_webhooks"]


def _sellers(cursor: Cursor, streams: Collection[str]) -> Mapping[str, str]:
    return {**messages.sellers_of_messages(cursor, streams), **bulk.sellers_of_bulk_messages(cursor, streams)}


def _streams_of_customer(cursor: Cursor, customer: str) -> Sequence[str]:
    return [*messages.streams_of_customer(cursor, customer), f"reachability/{customer}"]


AREA = Area(
    recorded=(Webhooks(), Messages(), CustomerBases(), BulkMessages(), UnreachableAddresses()),
    invariants={**messages.INVARIANTS, **bulk.INVARIANTS},
    deadlines=bulk.DEADLINES,
    streams_of_customer=_streams_of_customer,
    sellers_of_streams=_sellers,
)
