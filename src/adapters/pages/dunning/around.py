"""The lists of debtors, each of which leads to the others, and the places where debts are worked on."""

from __future__ import annotations

from adapters.pages.lists import Act
from adapters.pages.page import N_
from adapters.views.collection.agencies import ListCollectionItems
from adapters.views.collection.calls import ListCalls
from adapters.views.dunning.policies import ListDunningPolicies
from adapters.views.dunning.receivables import ListReceivables
from adapters.views.dunning.runs import ListDunningRuns
from adapters.views.dunning.steps import ShowDunningFunnel
from adapters.views.dunning.stops import ListDunningStops
from adapters.views.dunning.suspended import ListSuspended
from adapters.views.dunning.suspensions import ListResumptions, ListSuspensions
from adapters.views.outreach.messages import ListMessages
from adapters.views.promises import ListPromises

LISTED = (
    Act(N_("To be suspended"), "/dunning", ListSuspensions),
    Act(N_("Suspended now"), "/dunning/suspended", ListSuspended),
    Act(N_("To be resumed"), "/dunning/resumptions", ListResumptions),
    Act(N_("Not dunned"), "/dunning/stops", ListDunningStops),
    Act(N_("Promises"), "/dunning/promises", ListPromises),
    Act(N_("By age"), "/dunning/receivables", ListReceivables),
    Act(N_("After a step"), "/dunning/funnel", ShowDunningFunnel),
)
PLACES = (
    Act(N_("Runs"), "/dunning/runs", ListDunningRuns, "r"),
    Act(N_("Calls"), "/calls", ListCalls),
    Act(N_("Collection"), "/collection", ListCollectionItems),
    Act(N_("Messages"), "/messages", ListMessages),
    Act(N_("Policies"), "/dunning/policies", ListDunningPolicies),
)
