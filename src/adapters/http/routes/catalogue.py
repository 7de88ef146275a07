"""Products and tariffs."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.catalogue import ListProducts, ListTariffs, ShowTariff
from commands.catalogue import (
    CloseTariff,
    DefineProduct,
    PublishTariff,
    ReopenTariff,
    ReplaceRevision,
    ReviseTariff,
    TranslateTariff,
    WithdrawRevision,
)

ROUTES = (
    Route("GET", "/products", ListProducts),
    Route("PUT", "/products/{code}", DefineProduct),
    Route("GET", "/tariffs", ListTariffs),
    Route("POST", "/tariffs", PublishTariff, 201),
    Route("GET", "/tariffs/{code}", ShowTariff),
    Route("POST", "/tariffs/{tariff}/revisions", ReviseTariff, 201),
    Route("PUT", "/tariffs/{tariff}/revisions/{from}", ReplaceRevision),
    Route("DELETE", "/tariffs/{tariff}/revisions/{from}", WithdrawRevision),
    Route("POST", "/tariffs/{tariff}/close", CloseTariff),
    Route("POST", "/tariffs/{tariff}/reopen", ReopenTariff),
    Route("PUT", "/tariffs/{tariff}/translations/{language}", TranslateTariff),
)
