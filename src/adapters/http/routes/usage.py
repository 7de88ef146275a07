"""Batches of usage, price lists, grants, quotas and limits."""

from __future__ import annotations

from adapters.actions.usage import SendUsageRecords
from adapters.http.route import Route
from adapters.views.usage.batches import ListUsageBatches
from adapters.views.usage.control import ListUsageAlarms, ListUsageGrants, ShowUsageQuotas
from adapters.views.usage.destinations import ListDestinations, ShowMargins
from adapters.views.usage.explained import ExplainUsage, PrintUsage
from adapters.views.usage.identifiers import FindIdentifier, ListIdentifiers
from adapters.views.usage.lag import ShowUsageLag
from adapters.views.usage.mediation import ListUnbookedUsage, ListUsageSources, ListWaitingUsage
from adapters.views.usage.months import ListUsageMonths
from adapters.views.usage.price_lists import (
    ComparePriceLists,
    ExportPriceList,
    ExportPriceListSheet,
    FindPrice,
    ListPortedNumberTables,
    ListPriceLists,
    ListPrices,
    ShowPriceList,
)
from adapters.views.usage.profiles import ListUsageProfiles
from adapters.views.usage.rated import ListFreeUnits, ListUnratedUsage, ShowUsageCost
from adapters.views.usage.records import ListRatedRecords
from adapters.views.usage.sessions import ListOnlineSessions, ListSessionsOfUser, ListUnknownUsers
from adapters.views.usage.traffic import ListTopTraffic, ShowBusyHours, ShowTraffic, ShowTrafficGrowth
from adapters.views.usage.traffic_files import PlotTraffic, WriteTrafficCsv, WriteTrafficWorkbook
from adapters.views.usage.unknown import ListUnknownSubscribers
from commands.usage import control, grants
from commands.usage.identifiers import AssignIdentifier, ReleaseIdentifier
from commands.usage.price_lists import WithdrawPriceList
from commands.usage.retention import PurgeUsageRows
from commands.usage.waiting import DismissWaitingUsage

ROUTES = (
    Route("GET", "/usage-batches", ListUsageBatches),
    Route("GET", "/usage-sources", ListUsageSources),
    Route("GET", "/unbooked-usage", ListUnbookedUsage),
    Route("GET", "/waiting-usage", ListWaitingUsage),
    Route("POST", "/waiting-usage/dismiss", DismissWaitingUsage),
    Route("POST", "/usage-records", SendUsageRecords),
    Route("GET", "/usage-profiles", ListUsageProfiles),
    Route("GET", "/accounts/{account}/identifiers", ListIdentifiers),
    Route("POST", "/accounts/{account}/subscriptions/{subscription}/identifiers", AssignIdentifier),
    # A number or user name is personal, so it stands in no path.
    Route("GET", "/identifiers", FindIdentifier),
    Route("POST", "/identifiers/release", ReleaseIdentifier),
    Route("GET", "/accounts/{account}/usage/{month}", ExplainUsage),
    Route("GET", "/accounts/{account}/usage/{month}/page", PrintUsage),
    Route("GET", "/usage/months", ListUsageMonths),
    Route("POST", "/usage/months/{month}/purge", PurgeUsageRows),
    Route("GET", "/usage/traffic", ShowTraffic),
    Route("GET", "/usage/destinations", ListDestinations),
    Route("GET", "/usage/margins", ShowMargins),
    Route("GET", "/usage/unknown", ListUnknownSubscribers),
    Route("GET", "/usage/traffic/top", ListTopTraffic),
    Route("GET", "/usage/traffic/busy-hours", ShowBusyHours),
    Route("GET", "/usage/traffic/growth", ShowTrafficGrowth),
    Route("GET", "/usage/traffic/csv", WriteTrafficCsv),
    Route("GET", "/usage/traffic/workbook", WriteTrafficWorkbook),
    Route("GET", "/usage/traffic/plot", PlotTraffic),
    Route("GET", "/price-lists", ListPriceLists),
    Route("GET", "/price-lists/{price_list}", ShowPriceList),
    Route("GET", "/price-lists/{price_list}/prices", ListPrices),
    Route("GET", "/price-lists/{price_list}/comparison", ComparePriceLists),
    Route("GET", "/price-lists/{price_list}/csv", ExportPriceList),
    Route("GET", "/price-lists/{price_list}/xlsx", ExportPriceListSheet),
    Route("POST", "/price-lists/{price_list}/withdraw", WithdrawPriceList),
    Route("GET", "/prices", FindPrice),
    Route("GET", "/ported-numbers", ListPortedNumberTables),
    Route("GET", "/accounts/{account}/usage-cost", ShowUsageCost),
    Route("GET", "/accounts/{account}/free-units", ListFreeUnits),
    Route("GET", "/accounts/{account}/subscriptions/{subscription}/records/{component}", ListRatedRecords),
    Route("GET", "/unrated-usage", ListUnratedUsage),
    Route("GET", "/usage/online", ListOnlineSessions),
    Route("GET", "/usage/sessions", ListSessionsOfUser),
    Route("GET", "/usage/unknown-users", ListUnknownUsers),
    Route("GET", "/usage-grants", ListUsageGrants),
    Route("POST", "/accounts/{account}/usage-grants", grants.ReserveUsage, 201),
    Route("POST", "/accounts/{account}/usage-grants/confirm", grants.ConfirmUsageGrant),
    Route("POST", "/accounts/{account}/usage-grants/release", grants.ReleaseUsageGrant),
    Route("POST", "/accounts/{account}/usage-grants/expire", grants.ExpireUsageGrants),
    Route("GET", "/usage-alarms", ListUsageAlarms),
    Route("GET", "/accounts/{account}/usage-quotas", ShowUsageQuotas),
    Route("POST", "/accounts/{account}/subscriptions/{subscription}/top-up-quota", control.TopUpQuota, 201),
    Route("POST", "/accounts/{account}/subscriptions/{subscription}/review-usage", control.ReviewUsage),
    Route("PUT", "/accounts/{account}/usage-limits", control.SetUsageLimits),
    Route("GET", "/usage-lag", ShowUsageLag),
    Route("POST", "/accounts/{account}/usage-limits/enforce", control.EnforceUsageLimits),
)
