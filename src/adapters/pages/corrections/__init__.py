"""Corrections of wrong records: of one account, a payment on the wrong account, a charge, or from a list."""

from __future__ import annotations

from adapters.jobs.corrections import PlayCorrections
from adapters.pages.corrections.forms import FORMS as FORMS
from adapters.pages.corrections.played import CORRECTIONS
from adapters.pages.corrections.played import PAGES as PAGES
from adapters.pages.forms import Field, to
from adapters.pages.job_forms import JobForm
from adapters.pages.page import N_, Tile
from adapters.views.audit import ListChanges

JOB_FORMS = (
    JobForm(
        f"{CORRECTIONS}/play", PlayCorrections, N_("Play a list of corrections"), N_("Correct"),
        (Field("confirmed", N_("Also if it corrects many accounts or large amounts"), "check"),),
        file=N_("List of corrections"), file_hint=N_("A YAML file, as the command line reads it"),
        back=to(CORRECTIONS), result="corrections/result.html", after=CORRECTIONS,
    ),
)  # fmt: skip
SET_UP = (Tile("books", N_("Corrections"), CORRECTIONS, ListChanges, N_("What was corrected, and lists to play")),)
