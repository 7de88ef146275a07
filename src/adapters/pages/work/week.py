"""The week of the crews: visits by crew and day. A visit is dragged to another day or crew, or moved by its form."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import quote, urlencode

from adapters.pages.page import Page, Shown
from adapters.pages.typed import day_typed
from adapters.pages.visit import Visit
from adapters.views.work.plans import CrewInWeek, LocalVisit, ShowDay, ShowWeek
from adapters.views.work.sheets import PrintDay, ReadCalendar
from commands.work.appointments import MoveAppointment

WEEK = timedelta(days=7)


def week(visit: Visit) -> Shown:
    """The week of a day, by default of today."""
    on = day_typed(visit.query.get("on", ""), visit.today) or visit.today.isoformat()
    found = visit.ask(ShowWeek, on=on, crew=visit.query.get("crew", ""))
    return Shown("work/week.html", {
        "week": found, "days": [found.from_on + timedelta(days=number) for number in range(7)],
        "before": found.from_on - WEEK, "after": found.from_on + WEEK, "hours": hours,
        "number": found.from_on.isocalendar().week, "can_move": visit.may(MoveAppointment),
        "move_of": move_of,
    })  # fmt: skip


def move_of(shown: LocalVisit, crew: CrewInWeek) -> str:
    """The form that moves a visit, with what this week shows of it: a change since then is not overwritten unseen."""
    words = {"version": shown.appointment.version, "was_at": shown.begins_at.strftime("%Y-%m-%dT%H:%M"),
             "was_crew": crew.crew}  # fmt: skip
    return f"/work/appointments/{quote(shown.appointment.number)}/move?{urlencode(words)}"


def day(visit: Visit) -> Shown:
    """The day of a crew in order of time, with the ways."""
    found = visit.ask(ShowDay, crew=visit.path["crew"], on=visit.path["on"])
    return Shown("work/day.html", {
        "found": found, "hours": hours, "on": date.fromisoformat(visit.path["on"]),
        "can_print": visit.may(PrintDay), "can_subscribe": visit.may(ReadCalendar),
    })  # fmt: skip


def hours(minutes: int) -> str:
    """Minutes as hours: `31:30`."""
    return f"{minutes // 60}:{minutes % 60:02}"


PAGES = (Page("/work/week", week, ShowWeek), Page("/work/crews/{crew}/days/{on}", day, ShowDay))
