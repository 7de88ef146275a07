"""Money that has not come in: policies, what keeps items from counting, suspension for non-payment."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.dunning.debtor import ShowDebtor
from adapters.views.dunning.policies import ListDunningPolicies, ShowDunningPolicy
from adapters.views.dunning.receivables import ListReceivables, ShowReceivables
from adapters.views.dunning.runs import ListDunningRuns
from adapters.views.dunning.steps import ListDunningSteps, ShowDunningFunnel
from adapters.views.dunning.stops import ListDunningStops
from adapters.views.dunning.suspended import ListSuspended
from adapters.views.dunning.suspensions import ListResumptions, ListSuspensions
from commands.dunning.holding import FollowDunningHold
from commands.dunning.policies import PublishDunningPolicy, WithdrawDunningPolicy
from commands.dunning.settling import SettleSuspensions
from commands.dunning.stops import (
    DisputeItem,
    EndDispute,
    EndDunningPause,
    EndInsolvency,
    NoteInsolvency,
    PauseDunning,
)
from commands.dunning.taking import TakeDunningSteps

ACCOUNT = "/accounts/{account}"
ROUTES = (
    Route("GET", "/suspensions", ListSuspensions),
    Route("GET", "/suspensions/present", ListSuspended),
    Route("GET", "/resumptions", ListResumptions),
    Route("GET", "/receivables", ShowReceivables),
    Route("GET", "/receivables/accounts", ListReceivables),
    Route("GET", f"{ACCOUNT}/debtor", ShowDebtor),
    Route("GET", f"{ACCOUNT}/dunning-steps", ListDunningSteps),
    Route("GET", "/dunning-funnel", ShowDunningFunnel),
    Route("GET", "/dunning-stops", ListDunningStops),
    Route("GET", "/dunning-policies", ListDunningPolicies),
    Route("GET", "/dunning-policies/{policy}", ShowDunningPolicy),
    Route("GET", "/dunning-runs", ListDunningRuns),
    Route("POST", "/dunning-policies", PublishDunningPolicy, 201),
    Route("POST", "/dunning-policies/{policy}/withdraw", WithdrawDunningPolicy),
    Route("POST", f"{ACCOUNT}/disputes", DisputeItem, 201),
    Route("POST", f"{ACCOUNT}/disputes/end", EndDispute),
    Route("POST", f"{ACCOUNT}/dunning-pause", PauseDunning, 201),
    Route("POST", f"{ACCOUNT}/dunning-pause/end", EndDunningPause),
    Route("POST", f"{ACCOUNT}/insolvency", NoteInsolvency, 201),
    Route("POST", f"{ACCOUNT}/insolvency/end", EndInsolvency),
    Route("POST", "/tickets/{ticket}/follow-dunning-hold", FollowDunningHold),
    Route("POST", f"{ACCOUNT}/dunning-steps", TakeDunningSteps),
    Route("POST", f"{ACCOUNT}/settle-suspensions", SettleSuspensions),
)
