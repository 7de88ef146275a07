"""The own pages of customers."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.self_care.account import ShowOwnAccount
from adapters.views.self_care.details import ShowOwnDetails
from adapters.views.self_care.held import ExportOwnData
from adapters.views.self_care.offers import ListOwnOffers, PreviewTariff
from commands.self_care.messages import ApplyForService, ReportProblem, SetSelfCareTerms
from commands.self_care.passwords import GiveCustomerPassword, LookAsCustomer, SendSignInLink, TakeCustomerPassword

ROUTES = (
    Route("PUT", "/self-care/terms", SetSelfCareTerms),
    Route("POST", "/self-care/applications", ApplyForService, 201),
    Route("GET", "/self-care/customers/{customer}", ShowOwnDetails),
    Route("GET", "/self-care/customers/{customer}/data", ExportOwnData),
    Route("POST", "/self-care/customers/{customer}/problems", ReportProblem, 201),
    Route("POST", "/self-care/customers/{customer}/sign-in-link", SendSignInLink),
    Route("POST", "/self-care/customers/{customer}/look", LookAsCustomer),
    Route("PUT", "/self-care/customers/{customer}/password-hash", GiveCustomerPassword),
    Route("DELETE", "/self-care/customers/{customer}/password-hash", TakeCustomerPassword),
    Route("GET", "/self-care/accounts/{account}", ShowOwnAccount),
    Route("GET", "/self-care/accounts/{account}/offers", ListOwnOffers),
    Route("GET", "/self-care/accounts/{account}/subscriptions/{subscription}/tariff/{tariff}", PreviewTariff),
)
