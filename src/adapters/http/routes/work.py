"""Tickets, and the flows by which they go."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.work.drawings import ShowDrawing
from adapters.views.work.flows import ListFlows, ShowFlow
from adapters.views.work.service_levels import ListServiceLevels
from adapters.views.work.tickets import ListTickets, ShowBoard, ShowTicket, TakeAttachment
from commands.work.actions import OverruleAction, RunNextAction
from commands.work.flows import PublishFlow, WithdrawFlow
from commands.work.limits import EndStepTime
from commands.work.opening import OpenTicket
from commands.work.service_levels import DefineServiceLevel
from commands.work.steps import CompleteStep, ContinueTicket, ContinueTicketsOfAccount
from commands.work.tickets import (
    AssignTicket,
    ChangeTicket,
    CloseTicket,
    CommentTicket,
    LogLabour,
    ReopenTicket,
    UnwatchTicket,
    UseMaterial,
    WatchTicket,
)

TICKET = "/tickets/{ticket}"
ROUTES = (
    Route("GET", "/flows", ListFlows),
    Route("GET", "/flows/{kind}", ShowFlow),
    Route("POST", "/flows", PublishFlow, 201),
    Route("POST", "/flows/{kind}/withdraw", WithdrawFlow),
    Route("GET", "/work/service-levels", ListServiceLevels),
    Route("PUT", "/work/service-levels/{code}", DefineServiceLevel),
    Route("GET", "/board", ShowBoard),
    Route("GET", "/tickets", ListTickets),
    Route("POST", "/tickets", OpenTicket, 201),
    Route("GET", TICKET, ShowTicket),
    Route("PATCH", TICKET, ChangeTicket),
    Route("GET", f"{TICKET}/drawing", ShowDrawing),
    Route("GET", f"{TICKET}/attachments/{{content_hash}}", TakeAttachment),
    Route("POST", f"{TICKET}/steps/{{step}}/complete", CompleteStep),
    Route("POST", f"{TICKET}/steps/{{step}}/end-time", EndStepTime),
    Route("POST", f"{TICKET}/continue", ContinueTicket),
    Route("POST", f"{TICKET}/run-next-action", RunNextAction),
    Route("POST", f"{TICKET}/overrule-action", OverruleAction),
    Route("POST", "/accounts/{account}/tickets/continue", ContinueTicketsOfAccount),
    Route("POST", f"{TICKET}/assign", AssignTicket),
    Route("POST", f"{TICKET}/comments", CommentTicket, 201),
    Route("POST", f"{TICKET}/watch", WatchTicket),
    Route("POST", f"{TICKET}/unwatch", UnwatchTicket),
    Route("POST", f"{TICKET}/labour", LogLabour, 201),
    Route("POST", f"{TICKET}/material", UseMaterial, 201),
    Route("POST", f"{TICKET}/close", CloseTicket),
    Route("POST", f"{TICKET}/reopen", ReopenTicket),
)
