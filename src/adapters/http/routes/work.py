"""Tickets, and the flows by which they go."""

from __future__ import annotations

from adapters.actions.work import HoldTicket, ReleaseTicket
from adapters.http.route import Route
from adapters.views.work.appointments import ListAppointments
from adapters.views.work.around import ListSimilarTickets
from adapters.views.work.boards import ListAgeing, ListLoad, ShowBoard
from adapters.views.work.crews import ListCrews
from adapters.views.work.drawings import ShowDrawing
from adapters.views.work.figures import CountTickets, ListDuplicates, ListTicketTimes
from adapters.views.work.flows import ListFlows, ShowFlow
from adapters.views.work.pay import ListJobRates, ShowPay
from adapters.views.work.plans import FindFreeTimes, ShowDay, ShowWeek
from adapters.views.work.ready_flows import ListReadyFlows, ShowReadyFlow
from adapters.views.work.recurring import ListRecurringTasks
from adapters.views.work.rules import ListAssignmentRules, ListCauseRules, ListCauses
from adapters.views.work.service_levels import ListServiceLevels
from adapters.views.work.sheets import PrintDay, ReadCalendar
from adapters.views.work.tickets import ListTickets, ShowMyWork, ShowTicket, TakeAttachment
from commands.work.actions import OverruleAction, RunNextAction
from commands.work.appointments import BookAppointment, CancelAppointment, CompleteAppointment, MoveAppointment
from commands.work.assignment import (
    AssignByRule,
    RecordOperatorAbsence,
    SetAssignmentRules,
    WithdrawOperatorAbsence,
)
from commands.work.cause_tickets import FollowCause
from commands.work.causes import ReportCondition, ReviewCauses, SetCauseRule
from commands.work.crews import DefineCrew, RecordAbsence, WithdrawAbsence
from commands.work.flows import PublishFlow, WithdrawFlow
from commands.work.job_rates import SetJobRate
from commands.work.limits import EndStepTime
from commands.work.mails import ReceiveTicketMail
from commands.work.opening import OpenTicket
from commands.work.outage_answers import AnswerGathered, SpreadAnswers
from commands.work.outages import DeclareOutage, GatherTickets, JoinOutage, LetTicketGo, SortByOutages
from commands.work.recurring import DefineRecurringTask, EndRecurringTask, OpenRecurringTask
from commands.work.service_levels import DefineServiceLevel
from commands.work.steps import CompleteStep, ContinueTicket, ContinueTicketsOfAccount
from commands.work.tickets import (
    AssignTicket,
    ChangeTicket,
    CloseTicket,
    CommentTicket,
    LogLabour,
    ReopenTicket,
    SetTicketFields,
    UnwatchTicket,
    UseMaterial,
    WatchTicket,
)

TICKET = "/tickets/{ticket}"
APPOINTMENT = "/work/appointments/{appointment}"
ROUTES = (
    Route("GET", "/flows", ListFlows),
    Route("GET", "/flows/{kind}", ShowFlow),
    Route("POST", "/flows", PublishFlow, 201),
    Route("GET", "/ready-flows", ListReadyFlows),
    Route("GET", "/ready-flows/{kind}", ShowReadyFlow),
    Route("POST", "/flows/{kind}/withdraw", WithdrawFlow),
    Route("GET", "/work/service-levels", ListServiceLevels),
    Route("PUT", "/work/service-levels/{code}", DefineServiceLevel),
    Route("GET", "/work/crews", ListCrews),
    Route("PUT", "/work/crews/{code}", DefineCrew),
    Route("POST", "/work/crews/{crew}/absences", RecordAbsence, 201),
    Route("POST", "/work/crews/{crew}/absences/withdraw", WithdrawAbsence),
    Route("GET", "/work/crews/{crew}/days/{on}", ShowDay),
    Route("GET", "/work/crews/{crew}/days/{on}/sheet", PrintDay),
    Route("GET", "/work/weeks/{on}", ShowWeek),
    Route("GET", "/work/free-times", FindFreeTimes),
    Route("GET", "/work/calendar", ReadCalendar),
    Route("GET", "/work/appointments", ListAppointments),
    Route("POST", f"{TICKET}/appointments", BookAppointment, 201),
    Route("POST", f"{APPOINTMENT}/move", MoveAppointment),
    Route("POST", f"{APPOINTMENT}/cancel", CancelAppointment),
    Route("POST", f"{APPOINTMENT}/complete", CompleteAppointment),
    Route("GET", "/work/job-rates", ListJobRates),
    Route("POST", "/work/job-rates/{job_kind}", SetJobRate),
    Route("GET", "/work/pay", ShowPay),
    Route("GET", "/work/recurring-tasks", ListRecurringTasks),
    Route("PUT", "/work/recurring-tasks/{code}", DefineRecurringTask),
    Route("POST", "/work/recurring-tasks/{code}/open", OpenRecurringTask),
    Route("POST", "/work/recurring-tasks/{code}/end", EndRecurringTask),
    Route("GET", "/board", ShowBoard),
    Route("GET", "/board/ageing", ListAgeing),
    Route("GET", "/board/load", ListLoad),
    Route("GET", "/my-work", ShowMyWork),
    Route("GET", "/tickets/counts", CountTickets),
    Route("GET", "/tickets/times", ListTicketTimes),
    Route("GET", "/tickets/duplicates", ListDuplicates),
    Route("GET", "/tickets", ListTickets),
    Route("POST", "/tickets", OpenTicket, 201),
    Route("POST", "/mails", ReceiveTicketMail),
    Route("GET", TICKET, ShowTicket),
    Route("PATCH", TICKET, ChangeTicket),
    Route("PATCH", f"{TICKET}/custom-fields", SetTicketFields),
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
    Route("POST", f"{TICKET}/hold", HoldTicket),
    Route("POST", f"{TICKET}/release", ReleaseTicket),
    Route("GET", "/similar-tickets", ListSimilarTickets),
    Route("GET", "/cause-rules", ListCauseRules),
    Route("PUT", "/cause-rules/{cause}", SetCauseRule),
    Route("GET", "/causes", ListCauses),
    Route("POST", "/conditions", ReportCondition),
    Route("POST", "/causes/follow", FollowCause),
    Route("POST", "/accounts/{account}/causes/review", ReviewCauses),
    Route("POST", f"{TICKET}/declare-outage", DeclareOutage),
    Route("POST", f"{TICKET}/gather", GatherTickets),
    Route("POST", f"{TICKET}/let-go", LetTicketGo),
    Route("POST", f"{TICKET}/join-outage", JoinOutage),
    Route("POST", f"{TICKET}/sort-by-outages", SortByOutages),
    Route("POST", f"{TICKET}/spread-answers", SpreadAnswers),
    Route("POST", f"{TICKET}/answer-gathered", AnswerGathered),
    Route("GET", "/assignment-rules", ListAssignmentRules),
    Route("PUT", "/assignment-rules", SetAssignmentRules),
    Route("POST", f"{TICKET}/assign-by-rule", AssignByRule),
    Route("POST", "/operators/{operator}/absences", RecordOperatorAbsence, 201),
    Route("POST", "/operators/{operator}/absences/withdraw", WithdrawOperatorAbsence),
)
