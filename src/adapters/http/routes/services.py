"""Subscriptions."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.customer_services import ListServicesOfCustomer
from adapters.views.holds import CheckHold
from adapters.views.services import ListSubscriptions
from commands.services import moves, service_fields, status, terms, usage, yearly_holds

ROUTES = (
    Route("GET", "/accounts/{account}/subscriptions", ListSubscriptions),
    Route("GET", "/customers/{customer}/services", ListServicesOfCustomer),
    Route("POST", "/accounts/{account}/subscriptions", status.ActivateSubscription, 201),
    Route("POST", "/accounts/{account}/subscriptions/{subscription}/hold", status.HoldSubscription),
    Route("GET", "/accounts/{account}/subscriptions/{subscription}/hold/check", CheckHold),
    Route("PUT", "/accounts/{account}/subscriptions/{subscription}/yearly-hold", yearly_holds.PlanYearlyHold),
    Route("POST", "/accounts/{account}/subscriptions/{subscription}/yearly-hold/end", yearly_holds.EndYearlyHold),
    Route("POST", "/accounts/{account}/subscriptions/{subscription}/yearly-hold/make", yearly_holds.MakeYearlyHold),
    Route("POST", "/accounts/{account}/subscriptions/{subscription}/suspend", status.SuspendSubscription),
    Route("POST", "/accounts/{account}/subscriptions/{subscription}/resume", status.ResumeSubscription),
    Route("POST", "/accounts/{account}/subscriptions/{subscription}/terminate", status.TerminateSubscription),
    Route("POST", "/accounts/{account}/subscriptions/{subscription}/cancel-change", status.CancelChange),
    Route("POST", "/accounts/{account}/subscriptions/{subscription}/tariff", terms.ChangeTariff),
    Route("POST", "/accounts/{account}/subscriptions/{subscription}/parameters", terms.ChangeParameters),
    Route("PATCH", "/accounts/{account}/subscriptions/{subscription}/custom-fields", service_fields.SetServiceFields),
    Route("POST", "/accounts/{account}/subscriptions/{subscription}/quantity", terms.ChangeQuantity),
    Route("POST", "/accounts/{account}/subscriptions/{subscription}/price", terms.ChangePrice),
    Route("POST", "/accounts/{account}/subscriptions/{subscription}/options", terms.AddOption),
    Route("POST", "/accounts/{account}/subscriptions/{subscription}/drop-option", terms.DropOption),
    Route("POST", "/accounts/{account}/subscriptions/{subscription}/discounts", terms.GrantDiscount),
    Route("POST", "/accounts/{account}/subscriptions/{subscription}/end-discount", terms.EndDiscount),
    Route("POST", "/accounts/{account}/subscriptions/{subscription}/usage", usage.RecordUsage),
    Route("POST", "/accounts/{account}/subscriptions/{subscription}/withdraw-usage", usage.WithdrawUsage),
    Route("POST", "/accounts/{account}/subscriptions/{subscription}/move", moves.MoveSubscription),
    Route("POST", "/accounts/{account}/subscriptions/{subscription}/undo-move", moves.UndoMove),
)
