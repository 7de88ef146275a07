"""Customers and sellers."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.parties import (
    ListConsentPurposes,
    ListCustomers,
    ListCustomerSources,
    ListSellers,
    ShowCustomer,
    SuggestCustomerNumber,
)
from commands.parties import (
    AssignCustomer,
    AssignParent,
    ChangeCustomer,
    ChangeSeller,
    GiveConsent,
    OpenNumberSeries,
    PutConsentPurpose,
    PutContact,
    RegisterCustomer,
    RegisterSeller,
    RemoveContact,
    WithdrawConsent,
)

ROUTES = (
    Route("GET", "/customers", ListCustomers),
    Route("POST", "/customers", RegisterCustomer, 201),
    Route("GET", "/customers/{number}", ShowCustomer),
    Route("PATCH", "/customers/{number}", ChangeCustomer),
    Route("PUT", "/customers/{customer}/dealer", AssignCustomer),
    Route("PUT", "/customers/{customer}/parent", AssignParent),
    Route("PUT", "/customers/{customer}/contacts/{contact}", PutContact),
    Route("DELETE", "/customers/{customer}/contacts/{contact}", RemoveContact),
    Route("POST", "/customers/{customer}/consents/{purpose}/give", GiveConsent),
    Route("POST", "/customers/{customer}/consents/{purpose}/withdraw", WithdrawConsent),
    Route("GET", "/customer-sources", ListCustomerSources),
    Route("GET", "/next-customer-number", SuggestCustomerNumber),
    Route("GET", "/consent-purposes", ListConsentPurposes),
    Route("PUT", "/consent-purposes/{purpose}", PutConsentPurpose),
    Route("GET", "/sellers", ListSellers),
    Route("POST", "/sellers", RegisterSeller, 201),
    Route("PATCH", "/sellers/{code}", ChangeSeller),
    Route("POST", "/sellers/{seller}/number-series", OpenNumberSeries, 201),
)
