"""Price changes: a price list is drafted, tried on a customer, shown with its effect on all, and published."""

from __future__ import annotations

from adapters.pages.page import Page
from adapters.pages.price_changes.change import change, publish
from adapters.pages.price_changes.draft import draft, drafted

PAGES = (
    Page("/catalogue/tariffs/{tariff}/revise", draft),
    Page("/catalogue/tariffs/{tariff}/revise", drafted, method="POST"),
    Page("/catalogue/tariffs/{tariff}/changes/{job}", change),
    Page("/catalogue/tariffs/{tariff}/changes/{job}/publish", publish, method="POST"),
)
