"""Take in usage records that another program sends; account for sessions of access servers.

Messages of sessions are no events: the batches that take their usage are. So they have a permission of their own.
"""

from __future__ import annotations

from typing import Any

import msgspec

from adapters.actions.action import Acting, Action, Actions
from billing_core.kernel.errors import InvalidValue

ACCOUNT_SESSIONS = "usage.change.account-sessions"
PERMISSIONS = (ACCOUNT_SESSIONS,)
MOST_RECORDS = 10_000
# In it the fields of a row have their own names.
PROFILE = "rows"


class SentRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record. `key` is the id that its source gave it, `kind` is call, data or item, `direction` of a call out or in.

    `subscriber` is a number, user name or card, or ACCOUNT/SUBSCRIPTION. `started_at` has its offset from UTC:
    `2026-10-05T12:00:40+02:00`. `quantity` has at most 6 decimals; `bytes_in` are those to the subscriber.
    """

    key: str = ""
    kind: str = ""
    subscriber: str = ""
    component: str = ""
    started_at: str = ""
    seconds: str = "0"
    quantity: str = "0"
    bytes_in: str = "0"
    bytes_out: str = "0"
    number: str = ""
    network: str = ""
    session: str = ""
    direction: str = ""


class SendUsageRecords(Action, frozen=True, kw_only=True):
    """Take in usage records, at most 10,000 at once: each one once, however often it is sent under its key.

    What cannot be taken is refused with its reason and waits, and the others are taken. Records that were sent in a
    request without an answer are sent again.
    """

    source: str
    records: tuple[SentRecord, ...]


def _send(action: SendUsageRecords, acting: Acting) -> dict[str, Any]:
    # Reading needs libraries that nothing else does.
    from adapters.files.profile_files import load_usage_profile
    from adapters.files.usage_sources.reading import read_objects
    from adapters.files.usage_sources.rows import Reading
    from commands.usage.mediation import IncomingBatch

    if not 0 < len(action.records) <= MOST_RECORDS:
        raise InvalidValue(f"must be 1 to {MOST_RECORDS:,}", field="records", value=len(action.records))
    batch = str(acting.origin.command_id)
    reading = Reading(load_usage_profile(PROFILE), batch, acting.origin.recorded_at)
    chunk = read_objects([msgspec.to_builtins(record) for record in action.records], reading)
    mediation = acting.app.usage_mediation()
    received = mediation.receive(IncomingBatch(action.source, batch, PROFILE), [chunk], acting.origin)
    return {
        "batch": received.batch,
        "taken": received.taken,
        "repeated": received.repeated,
        "refused": received.refused,
        "refusals": [
            {"record": row.line, "key": row.key, "field": row.field, "value": row.value, "reason": row.reason}
            for row in chunk.refused
        ],
    }


ACTIONS: Actions = {SendUsageRecords: _send}
