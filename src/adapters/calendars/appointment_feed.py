"""Appointments as a calendar that other programs subscribe to: iCalendar, RFC 5545.

Each appointment is one event. Its UID never changes and its SEQUENCE grows with every change, so a program that reads
the feed again moves the event; one that was cancelled is marked so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC

from icalendar import Calendar, Event, vGeo

from projections.work.appointments import AppointmentRow

PRODUCT = "-//billing engine//work//EN"
STATUS = {"booked": "CONFIRMED", "done": "CONFIRMED", "cancelled": "CANCELLED"}


def calendar_text(name: str, appointments: Iterable[AppointmentRow]) -> bytes:
    """The feed of some appointments under a name."""
    feed = Calendar()
    feed.add("prodid", PRODUCT)
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("name", name)
    feed.add("x-wr-calname", name)  # RFC 7986 has NAME; most programs know this older one.
    for appointment in appointments:
        feed.add_component(_event(appointment))
    return feed.to_ical()


def _event(row: AppointmentRow) -> Event:
    event = Event()
    event.add("uid", f"appointment-{row.number}@billing-engine")
    event.add("dtstamp", row.changed_at.astimezone(UTC))
    event.add("sequence", row.version - 1)
    event.add("dtstart", row.time.begins_at.astimezone(UTC))
    event.add("dtend", row.time.ends_at.astimezone(UTC))
    event.add("summary", f"{row.ticket} {row.job_kind}, {row.place.text}")
    event.add("location", row.place.text)
    event.add("description", f"Crew {row.crew}, appointment {row.number}")
    event.add("status", STATUS[row.state])
    position = row.place.position
    if position is not None:
        event.add("geo", vGeo((float(position.latitude), float(position.longitude))))
    return event
