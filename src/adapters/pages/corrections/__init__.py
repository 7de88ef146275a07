"""Corrections of wrong records."""

from __future__ import annotations

from adapters.jobs.corrections import PlayCorrections
from adapters.pages.forms import Field
from adapters.pages.job_forms import JobForm
from adapters.pages.page import N_

JOB_FORMS = (
    JobForm(
        "/corrections/play", PlayCorrections, N_("Play a list of corrections"), N_("Correct"),
        (Field("confirmed", N_("Also if it corrects many accounts or large amounts"), "check"),),
        file=N_("List of corrections"), file_hint=N_("A YAML file, as the command line reads it"),
    ),
)  # fmt: skip
