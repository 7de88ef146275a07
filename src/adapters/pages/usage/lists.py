"""Lists of what comes in, what is refused, what has no price, who is online."""

from __future__ import annotations

from adapters.jobs.usage.rating import RateUsage
from adapters.jobs.usage.records import RetryRefusedUsage
from adapters.pages.forms import Field
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_
from adapters.pages.usage.amounts import duration, volume
from adapters.views.usage.control import ListUsageAlarms
from adapters.views.usage.mediation import ListUnbookedUsage, ListUsageSources, ListWaitingUsage
from adapters.views.usage.price_lists import ListPriceLists, ListPrices
from adapters.views.usage.rated import ListUnratedUsage
from adapters.views.usage.sessions import ListOnlineSessions, ListUnknownUsers
from commands.usage.waiting import DismissWaitingUsage

SOURCE = Field("source", N_("Source"))
BATCH = Field("batch", N_("Batch"))

# fmt: off
LISTS = (
    List(
        "/usage/waiting", ListWaitingUsage, N_("Refused records"),
        (
            Column(N_("Source"), lambda row: row.source, below=lambda row: f"{row.batch}, {row.line}"),
            Column(N_("Reason"), lambda row: row.reason),
            Column(N_("Field"), lambda row: row.field, below=lambda row: row.value),
            Column(N_("Record"), lambda row: row.raw, "code"),
        ),
        filters=(SOURCE, BATCH),
        row_actions=(Act(N_("Dismiss its batch"), lambda row: f"/usage/dismiss?source={row.source}&batch={row.batch}",
                         DismissWaitingUsage),),
        empty=N_("No record waits: all that came was taken."),
        actions=(Act(N_("Try again"), "/usage/retry", RetryRefusedUsage),),
        hint=N_("They are tried again when what hinders them was mended."),
    ),
    List(
        "/usage/unbooked", ListUnbookedUsage, N_("Taken, not booked"),
        (
            Column(N_("Day"), lambda row: row.on, "day"), Column(N_("Account"), lambda row: row.account),
            Column(N_("Service"), lambda row: row.subscription, below=lambda row: row.component),
            Column(N_("Records"), lambda row: row.records, "count"), Column(N_("Reason"), lambda row: row.reason),
        ),
        empty=N_("All that was taken is booked."),
    ),
    List(
        "/usage/unrated", ListUnratedUsage, N_("Records without a price"),
        (
            Column(N_("Price list"), lambda row: row.price_list), Column(N_("Reason"), lambda row: row.reason),
            Column(N_("Number"), lambda row: row.number), Column(N_("First on"), lambda row: row.first_on, "day"),
            Column(N_("Last on"), lambda row: row.last_on, "day"),
            Column(N_("Records"), lambda row: row.records, "count"),
            Column(N_("Accounts"), lambda row: row.accounts, "count"),
        ),
        empty=N_("Every record has its price."),
        actions=(Act(N_("Rate anew"), "/usage/rate", RateUsage),),
        hint=N_("A version of the price list with the missing price rates them anew by itself."),
    ),
    List(
        "/usage/sources", ListUsageSources, N_("Sources of usage"),
        (
            Column(N_("Source"), lambda row: row.source, below=lambda row: row.last_batch),
            Column(N_("Batches"), lambda row: row.batches, "count"),
            Column(N_("Taken"), lambda row: row.taken, "count"),
            Column(N_("Repeated"), lambda row: row.repeated, "count"),
            Column(N_("Refused"), lambda row: row.refused, "count"),
            Column(N_("Waiting"), lambda row: row.waiting, "count",
                   link=lambda row: f"/usage/waiting?source={row.source}"),
            Column(N_("Received"), lambda row: row.received_at, "instant"),
            Column(N_("Delivered until"), lambda row: row.delivered_until, "instant"),
        ),
        empty=N_("Nothing has come in yet."),
    ),
    List(
        "/usage/online", ListOnlineSessions, N_("Online"),
        (
            Column(N_("User"), lambda row: row.subscriber, below=lambda row: row.address or ""),
            Column(N_("Customer"), lambda row: row.customer or "",
                   link=lambda row: f"/customers/{row.customer}" if row.customer else ""),
            Column(N_("Server"), lambda row: row.server), Column(N_("Since"), lambda row: row.begun_at, "instant"),
            Column(N_("Heard of"), lambda row: row.heard_at, "instant"),
            Column(N_("Time"), lambda row: duration(row.seconds)),
            Column(N_("Volume"), lambda row: volume(row.bytes_in + row.bytes_out)),
        ),
        filters=(Field("server", N_("Server")), Field("subscriber", N_("User"))),
        empty=N_("Nobody is online."),
    ),
    List(
        "/usage/unknown-users", ListUnknownUsers, N_("Users of nobody"),
        (
            Column(N_("User"), lambda row: row.subscriber), Column(N_("Sessions"), lambda row: row.sessions, "count"),
            Column(N_("Heard of"), lambda row: row.heard_at, "instant"),
            Column(N_("Volume"), lambda row: volume(row.bytes_in + row.bytes_out)),
        ),
        empty=N_("Every user belongs to a service."),
    ),
    List(
        "/usage/price-lists", ListPriceLists, N_("Price lists of calls"),
        (
            Column(N_("Price list"), lambda row: row.name or row.code,
                   link=lambda row: f"/usage/price-lists/{row.code}", below=lambda row: f"{row.code}, {row.version}"),
            Column(N_("Kind"), lambda row: row.kind), Column(N_("From"), lambda row: row.from_on, "day"),
            Column(N_("Rows"), lambda row: row.rows, "count"),
            Column(N_("State"), lambda row: State(N_("Holds"), "good") if row.holds else State(N_("Does not hold"))),
            Column(N_("Published"), lambda row: row.published_at, "instant", below=lambda row: row.published_by),
        ),
        empty=N_("No price list of calls is published yet."),
    ),
    List(
        "/usage/price-lists/{price_list}", ListPrices, N_("Prices of calls"),
        (
            Column(N_("Prefix"), lambda row: row.prefix, "code"),
            Column(N_("Destination"), lambda row: row.destination),
            Column(N_("Group"), lambda row: row.group),
            Column(N_("Prices"), lambda row: ", ".join(f"{band or '*'} {price}" for band, price in row.prices.items())),
            Column(N_("Connection"), lambda row: row.connection),
        ),
        filters=(Field("prefix", N_("Prefix")), Field("destination", N_("Destination"))),
    ),
    List(
        "/usage/alarms", ListUsageAlarms, N_("Alarms of usage"),
        (
            Column(N_("Account"), lambda row: row.account), Column(N_("Raised on"), lambda row: row.raised_on, "day"),
            Column(N_("What"), lambda row: row.subject, below=lambda row: f"{row.subscription} {row.component}"),
            Column(N_("Used"), lambda row: f"{row.used} / {row.limit} {row.unit}"),
            Column(N_("Action"), lambda row: row.action),
        ),
        empty=N_("No limit was reached."),
    ),
)
# fmt: on
