"""Traffic and calls: of the network, of a customer, what was refused, and what is rated anew."""

from __future__ import annotations

from adapters.pages.page import N_, Entry
from adapters.pages.usage.account import PAGES as ACCOUNT_PAGES
from adapters.pages.usage.forms import FORMS as FORMS
from adapters.pages.usage.forms import JOB_FORMS as JOB_FORMS
from adapters.pages.usage.lists import LISTS as LISTS
from adapters.pages.usage.traffic import PAGES as TRAFFIC_PAGES
from adapters.views.usage.traffic import ShowTraffic

PAGES = (*TRAFFIC_PAGES, *ACCOUNT_PAGES)
MENU = (Entry(N_("Traffic"), "/traffic", "chart", ShowTraffic, (3, 2), "t"),)
