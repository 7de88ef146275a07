"""Promised payment: the customer owes, promises to pay by a date or in parts, and is not suspended meanwhile.

Terms of a seller (`terms`), what speaks against a promise (`conditions`), opening and ending (`decisions`), the state
of an account (`state`), and how promises ended (`history`). Who is suspended is not decided here.
"""

from __future__ import annotations

from billing_core.promises.conditions import Asked, Objection, PromiseRefused, Promisor, objections_to
from billing_core.promises.decisions import end_promise, open_promise, set_terms
from billing_core.promises.events import (
    PromiseBroken,
    PromiseKept,
    PromiseOpened,
    PromisePart,
    PromisePartKept,
    PromiseTermsSet,
)
from billing_core.promises.state import FOLDS, OpenPromise, Promises, apply_broken, apply_terms
from billing_core.promises.terms import PromiseTerms

__all__ = [
    "FOLDS",
    "Asked",
    "Objection",
    "OpenPromise",
    "PromiseBroken",
    "PromiseKept",
    "PromiseOpened",
    "PromisePart",
    "PromisePartKept",
    "PromiseRefused",
    "PromiseTerms",
    "PromiseTermsSet",
    "Promises",
    "Promisor",
    "apply_broken",
    "apply_terms",
    "end_promise",
    "objections_to",
    "open_promise",
    "set_terms",
]
