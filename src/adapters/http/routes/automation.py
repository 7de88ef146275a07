"""What happens by itself, seen and steered."""

from __future__ import annotations

from adapters.actions.automation import (
    DropDelivery,
    OverruleRefusedCommand,
    ReplayDelivery,
    RetryRefusedCommand,
    StartTimedWork,
)
from adapters.http.route import Route
from adapters.views.automation import (
    ListDeliveries,
    ListFollowers,
    ListReactions,
    ListRefusedCommands,
    ListTimedWork,
    ListWakeUps,
)

ROUTES = (
    Route("GET", "/followers", ListFollowers),
    Route("GET", "/deliveries", ListDeliveries),
    Route("POST", "/followers/{follower}/deliveries/{position}/replay", ReplayDelivery),
    Route("POST", "/followers/{follower}/deliveries/{position}/drop", DropDelivery),
    Route("GET", "/reactions", ListReactions),
    Route("GET", "/wake-ups", ListWakeUps),
    Route("GET", "/refused-commands", ListRefusedCommands),
    Route("POST", "/refused-commands/{cause}/{number}/retry", RetryRefusedCommand),
    Route("POST", "/refused-commands/{cause}/{number}/overrule", OverruleRefusedCommand),
    Route("GET", "/timed-work", ListTimedWork),
    Route("POST", "/timed-work/{work}/start", StartTimedWork, 202),
)
