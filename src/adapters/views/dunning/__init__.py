"""Money that has not come in: who is to be suspended, what was done, who is exempt, how old receivables are."""

from __future__ import annotations

from adapters.views.dunning import debtor, policies, receivables, runs, steps, stops, suspended, suspensions
from adapters.views.dunning.receivables import ListReceivables
from adapters.views.dunning.stops import ListDunningStops
from adapters.views.dunning.suspended import ListSuspended
from adapters.views.dunning.suspensions import ListResumptions, ListSuspensions
from adapters.views.persons import Persons
from adapters.views.query import Queries
from commands.platform.concerns import HOUSE, LISTED, SHARED, Concerns

LISTS_OF_CUSTOMERS = (ListSuspensions, ListSuspended, ListResumptions, ListReceivables, ListDunningStops)

QUERIES: Queries = {
    **debtor.QUERIES,
    **policies.QUERIES,
    **runs.QUERIES,
    **suspensions.QUERIES,
    **suspended.QUERIES,
    **receivables.QUERIES,
    **steps.QUERIES,
    **stops.QUERIES,
}
PERSONS: Persons = {
    debtor.ShowDebtor: lambda query, card, reading: [card.customer],
    **dict.fromkeys(LISTS_OF_CUSTOMERS, lambda query, page, reading: {row.customer for row in page.items}),
}
CONCERNS: Concerns = {
    **dict.fromkeys(policies.QUERIES, SHARED),
    **dict.fromkeys(runs.QUERIES, HOUSE),
    **dict.fromkeys((*LISTS_OF_CUSTOMERS, receivables.ShowReceivables, steps.ShowDunningFunnel), LISTED),
}
