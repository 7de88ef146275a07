"""Work: which tickets are open, where and with whom; by which flows they go."""

from __future__ import annotations

from projections.platform.area import Area
from projections.work import deadlines, files, flows, sellers, service_levels, tickets

AREA = Area(
    true_by_date=(flows.PublishedFlows(),),
    recorded=(
        tickets.Tickets(),
        files.TicketFiles(),
        service_levels.ServiceLevels(),
    ),
    deadlines=deadlines.DEADLINES,
    attachments=files.ATTACHED,
    invariants=tickets.INVARIANTS,
    streams_of_customer=tickets.streams_of_customer,
    sellers_of_streams=sellers.sellers_of_streams,
)
