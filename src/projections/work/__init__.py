"""Work: which tickets are open, where and with whom; by which flows they go; who goes where and when."""

from __future__ import annotations

from collections.abc import Sequence

from projections.platform.area import Area
from projections.platform.projection import Cursor
from projections.work import (
    appointments,
    assignment,
    causes,
    crews,
    deadlines,
    disputes,
    files,
    flows,
    job_rates,
    recurring,
    sellers,
    service_levels,
    tickets,
)


def streams_of_customer(cursor: Cursor, customer: str) -> Sequence[str]:
    """The streams of a customer's tickets and appointments, and of the causes on the customer's accounts."""
    of_all = tickets.streams_of_customer, appointments.streams_of_customer, causes.streams_of_customer
    return [stream for of_customer in of_all for stream in of_customer(cursor, customer)]


AREA = Area(
    true_by_date=(
        flows.PublishedFlows(),
        causes.CauseRules(),
        causes.Causes(),
        assignment.Assignment(),
        tickets.Tickets(),
        files.TicketFiles(),
        disputes.Disputes(),
        crews.Crews(),
    ),
    recorded=(
        service_levels.ServiceLevels(),
        appointments.Appointments(),
        job_rates.Rates(),
        recurring.RecurringTasks(),
    ),
    exemptions=disputes.exemptions,
    attachments=files.ATTACHED,
    invariants={**tickets.INVARIANTS, **appointments.INVARIANTS, **causes.INVARIANTS},
    deadlines={**deadlines.DEADLINES, **recurring.DEADLINES},
    streams_of_customer=streams_of_customer,
    sellers_of_streams=sellers.sellers_of_streams,
)
