"""Work: which tickets are open, where and with whom; by which flows they go."""

from __future__ import annotations

from projections.platform.area import Area
from projections.work import files, flows, tickets

AREA = Area(
    true_by_date=(flows.PublishedFlows(),),
    recorded=(tickets.Tickets(), files.TicketFiles()),
    attachments=files.ATTACHED,
    invariants=tickets.INVARIANTS,
    streams_of_customer=tickets.streams_of_customer,
)
