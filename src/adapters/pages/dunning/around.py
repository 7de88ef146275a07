"""The lists of dunning, each of which leads to the others."""

from __future__ import annotations

from adapters.pages.lists import Act
from adapters.pages.page import N_
from adapters.views.dunning.policies import ListDunningPolicies
from adapters.views.dunning.receivables import ListReceivables
from adapters.views.dunning.steps import ShowDunningFunnel
from adapters.views.dunning.stops import ListDunningStops
from adapters.views.dunning.suspended import ListSuspended
from adapters.views.dunning.suspensions import ListResumptions, ListSuspensions
from adapters.views.promises import ListPromises

PLACES = (
    Act(N_("To be suspended"), "/dunning", ListSuspensions),
    Act(N_("Suspended now"), "/dunning/suspended", ListSuspended),
    Act(N_("To be resumed"), "/dunning/resumptions", ListResumptions),
    Act(N_("Not dunned"), "/dunning/stops", ListDunningStops),
    Act(N_("Promises"), "/dunning/promises", ListPromises),
    Act(N_("Receivables by age"), "/dunning/receivables", ListReceivables),
    Act(N_("Who paid after a step"), "/dunning/funnel", ShowDunningFunnel),
    Act(N_("Policies"), "/dunning/policies", ListDunningPolicies),
)


def around(query: type) -> tuple[Act, ...]:
    """The other lists."""
    return tuple(act for act in PLACES if act.command is not query)
