"""Figures of tickets as lists: age, load, how many, how soon, duplicates; what technicians get."""

from __future__ import annotations

from datetime import timedelta

from adapters.pages.forms import Choice, Field
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_
from adapters.pages.shown import amount_with_currency
from adapters.pages.visit import Visit
from adapters.pages.work.ticket_forms import crews
from adapters.views.work.boards import ListAgeing, ListLoad
from adapters.views.work.figures import CountTickets, ListDuplicates, ListTicketTimes
from adapters.views.work.pay import ShowPay

AGEING, LOAD, COUNTS, TIMES = "/work/ageing", "/work/load", "/work/counts", "/work/times"
DUPLICATES, PAY, PAID_JOBS = "/work/duplicates", "/work/pay", "/work/pay/jobs"
QUEUE, KIND, OPERATOR = Choice("queue", N_("Queue")), Choice("kind", N_("Kind")), Choice("assignee", N_("Operator"))
CREW, MONTH = Choice("crew", N_("Crew")), Choice("month", N_("Month"))
COUNTED = (
    QUEUE, KIND, OPERATOR, CREW, MONTH, Choice("address", N_("Address")), Choice("product", N_("Product")),
    Choice("node", N_("Node")), Choice("source", N_("Came by")),
)  # fmt: skip
TIMED = (QUEUE, KIND, Choice("priority", N_("Priority")), OPERATOR, CREW, MONTH)
DAYS = (Field("from", N_("From"), "day", width=3), Field("to", N_("Before"), "day", width=3))
VIEWS = (
    Act(N_("By age"), AGEING, ListAgeing), Act(N_("Load"), LOAD, ListLoad), Act(N_("Numbers"), COUNTS, CountTickets),
    Act(N_("Reply and resolution"), TIMES, ListTicketTimes), Act(N_("Duplicates"), DUPLICATES, ListDuplicates),
)  # fmt: skip
OF_PAY = (Act(N_("By technician"), PAY, ShowPay), Act(N_("By visit"), PAID_JOBS, ShowPay))
PAID = (*DAYS, Field("crew", N_("Crew"), "choice", choices=crews), Field("technician", N_("Technician")))


def _this_month(visit: Visit) -> dict[str, str]:
    today = visit.today
    return {"from": today.replace(day=1).isoformat(), "to": (today + timedelta(days=1)).isoformat()}


# fmt: off
LISTS = (
    List(
        AGEING, ListAgeing, N_("Open tickets by age"),
        (
            Column(N_("Queue"), lambda row: row.queue, link=lambda row: f"/work?queue={row.queue}"),
            Column(N_("Open"), lambda row: row.tickets, "count"),
            Column(N_("Up to 1 day"), lambda row: row.up_to_1_day, "count"),
            Column(N_("Up to 3 days"), lambda row: row.up_to_3_days, "count"),
            Column(N_("Up to 7 days"), lambda row: row.up_to_7_days, "count"),
            Column(N_("Up to 30 days"), lambda row: row.up_to_30_days, "count"),
            Column(N_("Older"), lambda row: row.older, "count"),
            Column(N_("The oldest since"), lambda row: row.oldest_at, "instant"),
        ),
        views=VIEWS, empty=N_("No ticket is open."),
    ),
    List(
        LOAD, ListLoad, N_("Load of operators and crews"),
        (
            Column(N_("Of whom"), lambda row: row.of), Column(N_("Open"), lambda row: row.tickets, "count"),
            Column(N_("Overdue"), lambda row: row.overdue, "count"),
            Column(N_("Urgent"), lambda row: row.urgent, "count"),
            Column(N_("Minutes worked"), lambda row: row.labour_minutes, "count"),
            Column(N_("The oldest waits since"), lambda row: row.oldest_since, "instant"),
        ),
        filters=(Field("by", N_("By"), "choice", choices=(OPERATOR, CREW)),), begins={"by": "assignee"},
        views=VIEWS, empty=N_("No open ticket is assigned."),
    ),
    List(
        COUNTS, CountTickets, N_("Tickets opened and closed"),
        (
            Column(N_("Group"), lambda row: row.of or "–"),
            Column(N_("Opened"), lambda row: row.opened, "count"),
            Column(N_("Closed"), lambda row: row.closed, "count"),
            Column(N_("Completed"), lambda row: row.completed, "count"),
            Column(N_("Cancelled"), lambda row: row.cancelled, "count"),
            Column(N_("Duplicates"), lambda row: row.duplicates, "count"),
        ),
        filters=(Field("by", N_("By"), "choice", choices=COUNTED), *DAYS), begins={"by": "queue"},
        views=VIEWS, empty=N_("No ticket was opened or closed on these days."),
        hint=N_("Without days it is the year that ends today."),
    ),
    List(
        TIMES, ListTicketTimes, N_("How soon tickets were answered and resolved"),
        (
            Column(N_("Group"), lambda row: row.of or "–"),
            Column(N_("Tickets"), lambda row: row.tickets, "count"),
            Column(N_("Answered"), lambda row: row.answered, "count"),
            Column(N_("Minutes to the reply"), lambda row: row.reply_minutes_median),
            Column(N_("Kept"), lambda row: row.replies_kept, "count"),
            Column(N_("Missed"), lambda row: row.replies_missed, "count"),
            Column(N_("Completed"), lambda row: row.completed, "count"),
            Column(N_("Minutes to the resolution"), lambda row: row.resolution_minutes_median),
            Column(N_("Kept"), lambda row: row.resolutions_kept, "count"),
            Column(N_("Missed"), lambda row: row.resolutions_missed, "count"),
        ),
        filters=(Field("by", N_("By"), "choice", choices=TIMED), *DAYS), begins={"by": "queue"},
        views=VIEWS, empty=N_("No ticket was opened on these days."),
        hint=N_("Minutes are medians. Without days it is the year that ends today."),
    ),
    List(
        DUPLICATES, ListDuplicates, N_("Duplicates"),
        (
            Column(N_("Ticket"), lambda row: row.duplicate_of, link=lambda row: f"/tickets/{row.duplicate_of}"),
            Column(N_("Duplicates of it"), lambda row: ", ".join(row.tickets)),
        ),
        views=VIEWS, empty=N_("No ticket was closed as a duplicate."),
    ),
    List(
        PAY, ShowPay, N_("Pay for visits"),
        (
            Column(N_("Technician"), lambda row: row.technician), Column(N_("Visits"), lambda row: row.jobs, "count"),
            Column(N_("Currency"), lambda row: row.amount.currency),
            Column(N_("Pay"), lambda row: row.amount, "amount"),
        ),
        filters=PAID, begins=_this_month, items=lambda pay: pay.technicians, views=OF_PAY,
        empty=N_("No visit with a rate was done on these days."),
    ),
    List(
        PAID_JOBS, ShowPay, N_("Pay for each visit"),
        (
            Column(N_("Technician"), lambda row: row.technician), Column(N_("Day"), lambda row: row.on, "day"),
            Column(N_("Ticket"), lambda row: row.ticket, link=lambda row: f"/tickets/{row.ticket}"),
            Column(N_("Kind of work"), lambda row: row.job_kind), Column(N_("Crew"), lambda row: row.crew),
            Column(N_("Pay"), lambda row: amount_with_currency(row.amount) if row.amount else State(N_("No rate"))),
        ),
        filters=PAID, begins=_this_month, items=lambda pay: pay.jobs, views=OF_PAY,
        empty=N_("No visit was done on these days."),
    ),
)
# fmt: on
