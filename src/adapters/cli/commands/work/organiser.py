"""Crews and their appointments: weeks, free times, calendars and sheets, pay, and tasks that recur."""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.options import AfterNumber, AsJson, AsOfName, Limit, parse_day
from adapters.cli.session import answer_to
from adapters.cli.show import add, console, print_json, say, table, tell

if TYPE_CHECKING:
    from adapters.views.work.plans import CrewOnDay

Crew = Annotated[str, typer.Argument(metavar="CREW")]
Day = Annotated[date, typer.Argument(metavar="DATE", parser=parse_day)]
OfCrew = Annotated[str, typer.Option("--crew", metavar="CREW", help="Of this crew alone.")]
OfTechnician = Annotated[str, typer.Option("--technician", metavar="OPERATOR", help="Of this technician alone.")]
FromDay = Annotated[date, typer.Option("--from", metavar="DATE", parser=parse_day, help="From this day on.")]
ToDay = Annotated[date, typer.Option("--to", metavar="DATE", parser=parse_day, help="Up to, and without, this day.")]


def list_crews(
    context: typer.Context, after: AfterNumber = "", asof: AsOfName = None, as_json: AsJson = False, limit: Limit = 50
) -> None:
    """List crews with members, hours, skills and districts.

    `billing do define-crew` adds or changes one, `billing do record-absence` notes days off.
    """
    from adapters.texts.work.organiser import crew_text
    from adapters.views.work.crews import ListCrews

    page = answer_to(context, ListCrews(after=after, limit=limit), asof)
    if as_json:
        print_json({"crews": page.items, "next": page.next})
        return
    if not page.items:
        tell("No crews are defined yet.")
        return
    rows = table(("crew", "left"), ("details", "left"), ("days off", "left"))
    for known in page.items:
        off = (
            f"{absence.technician or 'all'} {absence.days.from_on} to {absence.days.to_on}"
            for absence in known.absences
        )
        add(rows, known.crew.code, crew_text(known.crew), ", ".join(off))
    console().print(rows)
    _say_more(page.next)


def show_week(
    context: typer.Context, on: Day, crew: OfCrew = "", technician: OfTechnician = "", asof: AsOfName = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Show the week of a day: the visits of each crew, and its hours planned of hours available, ways included."""
    from adapters.views.work.plans import ShowWeek

    week = answer_to(context, ShowWeek(on=on, crew=crew, technician=technician), asof)
    if as_json:
        print_json(week)
        return
    if not week.crews:
        tell("No such crew.")
    for each in week.crews:
        hours = f"{_clock(each.planned)} of {_clock(each.available)}"
        tell(f"{each.crew}  {each.title}, {', '.join(each.members)}: {hours}", style="bold")
        for day in each.days:
            _tell_day(day)


def _tell_day(day: CrewOnDay) -> None:
    if not day.available and not day.visits:
        return
    tell(f"  {day.on:%a} {day.on}  {_clock(day.planned)} of {_clock(day.available)}")
    for visit in day.visits:
        row = visit.appointment
        what = f"{row.number}  {row.job_kind}, {row.place.text}"
        tell(f"    {visit.begins_at:%H:%M}-{visit.ends_at:%H:%M}  {what}{'  (done)' if row.state == 'done' else ''}")
        for fault in visit.faults:
            tell(f"      ! {fault}")


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"


def _say_more(following: str | None) -> None:
    if following is not None:
        say(f"... and more: use --after {following} or --limit")


def list_appointments(
    context: typer.Context, crew: OfCrew = "",
    ticket: Annotated[str, typer.Option("--ticket", metavar="TICKET", help="For this ticket alone.")] = "",
    after: AfterNumber = "", asof: AsOfName = None, as_json: AsJson = False, limit: Limit = 50,
) -> None:  # fmt: skip
    """List appointments in order of number.

    `billing do book-appointment` books one, `billing do move-appointment`, `billing do cancel-appointment` and
    `billing do complete-appointment` say what became of it.
    """
    from adapters.views.work.appointments import ListAppointments

    page = answer_to(context, ListAppointments(crew=crew, ticket=ticket, after=after, limit=limit), asof)
    if as_json:
        print_json({"appointments": page.items, "next": page.next})
        return
    if not page.items:
        tell("No appointments.")
        return
    rows = table(("appointment", "left"), ("crew", "left"), ("on", "left"), ("job", "left"), ("place", "left"),
                 ("state", "left"))  # fmt: skip
    for row in page.items:
        add(rows, row.number, row.crew, row.on, row.job_kind, row.place.text, row.state)
    console().print(rows)
    _say_more(page.next)


def find_free_times(
    context: typer.Context,
    job_kind: Annotated[str, typer.Argument(metavar="JOB")],
    minutes: Annotated[int, typer.Argument(metavar="MINUTES")],
    from_on: FromDay,
    days: Annotated[int, typer.Option("--days", help="On so many days.")] = 7,
    place: Annotated[str, typer.Option("--place", metavar="LATITUDE,LONGITUDE", help="Where, in degrees.")] = "",
    crew: OfCrew = "",
    district: Annotated[str, typer.Option("--district", help="Of crews that go there.")] = "",
    as_json: AsJson = False,
) -> None:
    """Propose free times for a visit, those with the shortest detours first."""
    from adapters.views.work.plans import FindFreeTimes

    latitude, longitude = _degrees(place)
    query = FindFreeTimes(
        job_kind=job_kind, minutes=minutes, from_on=from_on, days=days, latitude=latitude, longitude=longitude,
        crew=crew, district=district,
    )  # fmt: skip
    found = answer_to(context, query).proposals
    if as_json:
        print_json({"proposals": found})
        return
    if not found:
        tell("No time is free.")
        return
    rows = table(("crew", "left"), ("on", "left"), ("begins", "left"), ("detour", "right"))
    for each in found:
        add(rows, each.crew, each.on, each.time.begins_at.isoformat(timespec="minutes"), f"{each.detour} min")
    console().print(rows)


def _degrees(place: str) -> tuple[Decimal | None, Decimal | None]:
    from billing_core.kernel.money import parse_decimal

    if not place:
        return None, None
    latitude, comma, longitude = place.partition(",")
    if not comma:
        raise typer.BadParameter(f"{place!r} is no place; write it as 49.1951,16.6068")
    return parse_decimal(latitude, "latitude"), parse_decimal(longitude, "longitude")


def read_calendar(context: typer.Context, crew: Annotated[str, typer.Argument(metavar="CREW")] = "",
                  technician: OfTechnician = "") -> None:  # fmt: skip
    """Write the appointments of a crew or technician as a calendar (iCalendar, RFC 5545) to standard output.

    `GET /v1/work/calendar` is the same over HTTP, for programs that subscribe to it.
    """
    from adapters.views.work.sheets import ReadCalendar

    sys.stdout.buffer.write(answer_to(context, ReadCalendar(crew=crew, technician=technician)).content)
    sys.stdout.buffer.flush()


def print_day(
    context: typer.Context, crew: Crew, on: Day,
    file: Annotated[Path, typer.Option("--to", metavar="FILE", help="Write the PDF there.")],
) -> None:  # fmt: skip
    """Print the tasks of a crew's day as a PDF: visits with their ways, and room for notes."""
    from adapters.views.work.sheets import PrintDay

    file.write_bytes(answer_to(context, PrintDay(crew=crew, on=on)).content)
    tell(f"{file} is written.")


def show_pay(
    context: typer.Context, from_on: FromDay, to_on: ToDay, crew: OfCrew = "", technician: OfTechnician = "",
    file: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write each job to a CSV file.")] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Show what technicians get for the appointments that were done in a period.

    `billing do set-job-rate` says how much each kind of job is worth, from a day on.
    """
    from adapters.files.jobs_csv import write_jobs
    from adapters.views.work.pay import ShowPay

    pay = answer_to(context, ShowPay(from_on=from_on, to_on=to_on, crew=crew, technician=technician))
    if file is not None:
        with file.open("w", encoding="utf-8", newline="") as into:
            write_jobs(into, pay.jobs)
    if as_json:
        print_json(pay)
        return
    if not pay.jobs:
        tell("No appointment was done.")
        return
    rows = table(("technician", "left"), ("jobs", "right"), ("amount", "right"))
    for each in pay.technicians:
        add(rows, each.technician, each.jobs, each.amount)
    console().print(rows)
    unpaid = sum(1 for job in pay.jobs if job.amount is None)
    if unpaid:
        say(f"{unpaid} jobs have no rate; set one with `billing do set-job-rate`")


def list_recurring(
    context: typer.Context, after: AfterNumber = "", asof: AsOfName = None, as_json: AsJson = False, limit: Limit = 50
) -> None:
    """List tasks that recur, with the next day on which each opens its ticket.

    `billing do define-recurring-task` adds or changes one, `billing do end-recurring-task` ends it.
    """
    from adapters.views.work.recurring import ListRecurringTasks

    page = answer_to(context, ListRecurringTasks(after=after, limit=limit), asof)
    if as_json:
        print_json({"tasks": page.items, "next": page.next})
        return
    if not page.items:
        tell("No task recurs.")
        return
    rows = table(("task", "left"), ("ticket", "left"), ("rule", "left"), ("next on", "left"))
    for known in page.items:
        task = known.task
        add(rows, task.code, f"{task.kind}: {task.subject}", task.rule, known.next_on or "over")
    console().print(rows)
    _say_more(page.next)


COMMANDS = {
    "work crews": list_crews,
    "work week": show_week,
    "work appointments": list_appointments,
    "work free-times": find_free_times,
    "work calendar": read_calendar,
    "work sheet": print_day,
    "work pay": show_pay,
    "work recurring": list_recurring,
}
