"""The catalogue: the tree of products with their tariffs, and each tariff with its price lists."""

from __future__ import annotations

from adapters.pages.catalogue.forms import FORMS as FORMS
from adapters.pages.catalogue.tree import tariff, tree
from adapters.pages.page import N_, Entry, Page
from adapters.views.catalogue import ListTariffs, ShowTariff

PAGES = (
    Page("/catalogue", tree, ListTariffs),
    Page("/catalogue/tariffs/{code}", tariff, ShowTariff),
)
MENU = (Entry(N_("Catalogue"), "/catalogue", "tags", ListTariffs, (2, 6)),)
