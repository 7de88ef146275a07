"""Customers and sellers."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.parties import ListCustomers, ListSellers, ShowCustomer
from commands.parties import (
    AssignCustomer,
    ChangeCustomer,
    ChangeSeller,
    OpenNumberSeries,
    RegisterCustomer,
    RegisterSeller,
)

ROUTES = (
    Route("GET", "/customers", ListCustomers),
    Route("POST", "/customers", RegisterCustomer, 201),
    Route("GET", "/customers/{number}", ShowCustomer),
    Route("PATCH", "/customers/{number}", ChangeCustomer),
    Route("PUT", "/customers/{customer}/dealer", AssignCustomer),
    Route("GET", "/sellers", ListSellers),
    Route("POST", "/sellers", RegisterSeller, 201),
    Route("PATCH", "/sellers/{code}", ChangeSeller),
    Route("POST", "/sellers/{seller}/number-series", OpenNumberSeries, 201),
)
