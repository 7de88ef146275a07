"""What due dates ask of the outside: which days are worked where the seller is."""

from __future__ import annotations

from collections.abc import Callable

from billing_core.billing.due_dates import Calendar

# The calendar of a country (ISO 3166 alpha-2). One whose holidays are not known is an `InvalidValue` as soon as the
# calendar is asked for a day, so that sellers without a country do no harm where due dates count all days alike.
Calendars = Callable[[str], Calendar]
