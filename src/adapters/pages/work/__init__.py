"""Work: the board of a queue, tickets with their steps, the week of the crews, flows, and the technician's day."""

from __future__ import annotations

from adapters.pages.page import N_, Entry
from adapters.pages.work.appointments import FORMS as APPOINTMENT_FORMS
from adapters.pages.work.assignment import FORMS as ASSIGNMENT_FORMS
from adapters.pages.work.assignment import LISTS as ASSIGNMENT_LISTS
from adapters.pages.work.assignment import SET_UP as ASSIGNMENT_SET_UP
from adapters.pages.work.board import PAGES as BOARD_PAGES
from adapters.pages.work.by_itself import FORMS as OWN_FORMS
from adapters.pages.work.by_itself import LISTS as OWN_LISTS
from adapters.pages.work.by_itself import SET_UP as OWN_SET_UP
from adapters.pages.work.crews import FORMS as CREW_FORMS
from adapters.pages.work.crews import LISTS as CREW_LISTS
from adapters.pages.work.crews import SET_UP as CREW_SET_UP
from adapters.pages.work.figures import LISTS as FIGURE_LISTS
from adapters.pages.work.flows import FORMS as FLOW_FORMS
from adapters.pages.work.flows import PAGES as FLOW_PAGES
from adapters.pages.work.free_times import PAGES as FREE_PAGES
from adapters.pages.work.lists import LISTS as TICKET_LISTS
from adapters.pages.work.papers import PAGES as PAPER_PAGES
from adapters.pages.work.steps import FORMS as STEP_FORMS
from adapters.pages.work.ticket import PAGES as TICKET_PAGES
from adapters.pages.work.ticket_forms import FORMS as TICKET_FORMS
from adapters.pages.work.to_do import TO_DO as TO_DO
from adapters.pages.work.visits import PAGES as VISIT_PAGES
from adapters.pages.work.week import PAGES as WEEK_PAGES
from adapters.views.work.boards import ShowBoard

PAGES = (*BOARD_PAGES, *WEEK_PAGES, *PAPER_PAGES, *TICKET_PAGES, *FREE_PAGES, *FLOW_PAGES, *VISIT_PAGES)
FORMS = (*TICKET_FORMS, *STEP_FORMS, *APPOINTMENT_FORMS, *FLOW_FORMS, *CREW_FORMS, *OWN_FORMS, *ASSIGNMENT_FORMS)
LISTS = (*TICKET_LISTS, *CREW_LISTS, *OWN_LISTS, *ASSIGNMENT_LISTS, *FIGURE_LISTS)
SET_UP = (*CREW_SET_UP, *OWN_SET_UP, *ASSIGNMENT_SET_UP)
MENU = (Entry(N_("Work"), "/work", "work", ShowBoard, (1, 3), "w"),)
