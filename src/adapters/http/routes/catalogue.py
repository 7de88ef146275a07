"""Products and tariffs."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.catalogue import ListProducts, ListTariffs, ShowTariff
from commands.catalogue import DefineProduct, PublishTariff, ReviseTariff

ROUTES = (
    Route("GET", "/products", ListProducts),
    Route("PUT", "/products/{code}", DefineProduct),
    Route("GET", "/tariffs", ListTariffs),
    Route("POST", "/tariffs", PublishTariff, 201),
    Route("GET", "/tariffs/{code}", ShowTariff),
    Route("POST", "/tariffs/{tariff}/revisions", ReviseTariff, 201),
)
