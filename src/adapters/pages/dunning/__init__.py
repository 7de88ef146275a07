"""Money that has not come in: policies, runs, who is to be suspended, who is not dunned, and each debtor."""

from __future__ import annotations

from adapters.pages.dunning import debtor, policies, receivables, runs, simulations, stops, suspensions
from adapters.pages.page import N_, Entry
from adapters.views.dunning.suspensions import ListSuspensions

PAGES = (*policies.PAGES, *debtor.PAGES, *runs.PAGES)
LISTS = (*suspensions.LISTS, *stops.LISTS, *receivables.LISTS, *policies.LISTS)
FORMS = (*policies.FORMS, *stops.FORMS)
JOB_FORMS = (*runs.JOB_FORMS, *simulations.JOB_FORMS)
SET_UP = policies.SET_UP
MENU = (Entry(N_("Dunning"), "/dunning", "bell", ListSuspensions, (2, 3)),)
