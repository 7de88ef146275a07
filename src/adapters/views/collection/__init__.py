"""Old debts: agencies and their files, late interest, limitation, write-offs, insolvency claims, calls."""

from __future__ import annotations

from adapters.views.collection import agencies, calls, interest, losses

QUERIES = {**agencies.QUERIES, **calls.QUERIES, **interest.QUERIES, **losses.QUERIES}
CONCERNS = {**agencies.CONCERNS, **calls.CONCERNS, **interest.CONCERNS, **losses.CONCERNS}
PERSONS = {**agencies.PERSONS, **calls.PERSONS, **interest.PERSONS, **losses.PERSONS}
