"""Pages of jobs: the form that starts one, all that one may see, one with its progress and result.

GET PATH                  the form
POST PATH do=rehearse     a rehearsal of it: nothing is changed
POST PATH do=start        the job; then its page
POST PATH do=fill         the form with what was typed in another one
/jobs                     the newest first
/jobs/7                   looks at itself again each second until it has ended
POST /jobs/7/cancel       ask that it ends
POST /jobs/7/start        what was rehearsed, for good
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from adapters.bootstrap.jobs import kinds, kinds_by_name
from adapters.bootstrap.operations import operations
from adapters.door.job_door import MOST_FILE_BYTES, JobCard, JobDoor
from adapters.pages.filled_in import WORDS, Words, as_typed, faults_of, words_of
from adapters.pages.forms import Field
from adapters.pages.job_forms import FILE, JobForm, job_forms
from adapters.pages.lists import AT_ONCE, State
from adapters.pages.page import N_, Page, Shown
from adapters.pages.visit import Visit
from billing_core.kernel.errors import BillingError, InvalidValue
from billing_core.staff.roles import NotPermitted, NotSignedIn
from commands.platform.identity import new_id

START, REHEARSE, FILL = "start", "rehearse", "fill"
REFUSED = 422
STATES = {
    "waiting": State(N_("Waits"), "info"),
    "running": State(N_("Under way"), "info"),
    "done": State(N_("Done"), "good"),
    "failed": State(N_("Failed"), "bad"),
    "cancelled": State(N_("Cancelled"), "calm"),
}


def pages_of_job_form(form: JobForm) -> tuple[Page, Page]:
    """The page that shows the form of a job, and what it posts to."""
    return Page(form.path, _showing(form), method="GET"), Page(form.path, _receiving(form), method="POST")


def _showing(form: JobForm) -> Callable[[Visit], Shown]:
    def show(visit: Visit) -> Shown:
        _require(form, visit)
        values = dict(form.begins(visit))
        values |= {field.name: visit.query[field.name] for field in _all_fields(form) if field.name in visit.query}
        return _form_shown(form, visit, values, str(new_id()))

    return show


def _receiving(form: JobForm) -> Callable[[Visit], Shown | Response]:
    def receive(visit: Visit) -> Shown | Response:
        _require(form, visit)
        if visit.first("do") == FILL:
            typed = {name: value for name, value in _typed(form, visit).items() if name in visit.posted}
            return _form_shown(form, visit, {**form.begins(visit), **typed}, str(new_id()))
        words = words_of(form, visit)
        try:
            words = Words(form.adds(visit, words)) if form.adds else words
            with visit.sent_once():
                job = _start(form, visit, words)
        except (NotSignedIn, NotPermitted):
            raise
        except (BillingError, ValidationError) as error:
            faults = faults_of(error, form, words)
            return _form_shown(form, visit, _typed(form, visit), visit.first("_key"), faults)
        return to_page(visit, form.page.format(job=job.job))

    return receive


def _start(form: JobForm, visit: Visit, words: Mapping[str, Any]) -> JobCard:
    """The job that the form asks for; with the same key it is the first one again."""
    jobs = JobDoor(visit.door)
    caller = visit.caller(visit.first("_key"))
    asked = jobs.admit(operations()[form.job], words, caller, dry_run=visit.first("do") == REHEARSE)
    if not form.kind.takes:
        return jobs.start(asked)
    if form.written:
        return jobs.start_with_file(asked, BytesIO(visit.first(form.written.name).encode()))
    file = next(iter(visit.posted.get(FILE, ())), None)
    if not isinstance(file, UploadFile) or not file.filename:
        raise InvalidValue("choose the file", field=FILE)
    if file.size is not None and file.size > MOST_FILE_BYTES:
        raise InvalidValue(f"is over {MOST_FILE_BYTES:,} bytes", field=FILE, value=file.filename)
    return jobs.start_with_file(asked, file.file)


def _form_shown(
    form: JobForm, visit: Visit, values: Mapping[str, Any], key: str, faults: Mapping[str, str] = {}
) -> Shown:
    fields = [
        (field, values.get(field.name, ""), field.choices(visit) if callable(field.choices) else field.choices)
        for field in _all_fields(form)
    ]
    shown = {
        "form": form, "fields": fields, "key": key, "faults": faults, "back": form.back(visit),
        "about": form.about(visit) if callable(form.about) else form.about,
    }  # fmt: skip
    return Shown("frame/job-form.html", shown, REFUSED if faults else 200)


def _all_fields(form: JobForm) -> tuple[Field, ...]:
    """The fields of the words, and the one whose text is the file."""
    return (*form.fields, form.written) if form.written else form.fields


def _typed(form: JobForm, visit: Visit) -> dict[str, Any]:
    typed = as_typed(form, visit)
    return typed | {form.written.name: visit.first(form.written.name)} if form.written else typed


def _require(form: JobForm, visit: Visit) -> None:
    if not visit.may(form.job):
        visit.refuse(form.job)


# --- jobs


def all_jobs(visit: Visit) -> Shown:
    """The jobs that one may see, the newest first."""
    found = JobDoor(visit.door).list_jobs(visit.caller(), AT_ONCE, visit.query.get("after", ""))
    rows = [(job, title_of(job.kind), STATES[job.state]) for job in found.items]
    startable = [form for form in job_forms() if not WORDS.findall(form.path) and visit.may(form.job)]
    return Shown("frame/jobs.html", {"rows": rows, "next": found.next, "forms": startable})


def one_job(visit: Visit) -> Shown:
    """A job, its progress, and what came of it."""
    job = JobDoor(visit.door).show_job(visit.caller(), visit.path["job"])
    form = form_of(job.kind)
    shown = {
        "job": job, "title": title_of(job.kind), "state_of_job": STATES[job.state], "form": form,
        "may_cancel": job.ended_at is None and job.cancelled_by is None and _may_cancel(visit, job),
        "for_good": _for_good(visit, job, form),
    }  # fmt: skip
    return Shown("frame/job.html", shown)


def _may_cancel(visit: Visit, job: JobCard) -> bool:
    return job.actor == visit.rights.operator.code or visit.may(kinds_by_name()[job.kind])


def _for_good(visit: Visit, job: JobCard, form: JobForm | None) -> str:
    """Where what was rehearsed is started for good; a file has to be sent again."""
    kind = kinds_by_name().get(job.kind)
    if not (job.dry_run and job.state == "done" and kind and visit.may(kind)):
        return ""
    if not kinds()[kind].takes:
        return f"/jobs/{job.job}/start"
    if form is None or WORDS.findall(form.path):
        return ""
    return f"{form.path}?{urlencode({name: str(value) for name, value in job.fields.items()})}"


def cancel(visit: Visit) -> Response:
    """Ask that a job ends."""
    job = JobDoor(visit.door).cancel_job(visit.caller(), visit.path["job"])
    return to_page(visit, f"/jobs/{job.job}")


def start_for_good(visit: Visit) -> Response:
    """The same as a rehearsal, for good."""
    jobs = JobDoor(visit.door)
    rehearsed = jobs.show_job(visit.caller(), visit.path["job"])
    operation = operations()[kinds_by_name()[rehearsed.kind]]
    asked = jobs.admit(operation, rehearsed.fields, visit.caller(visit.first("_key")), dry_run=False)
    return to_page(visit, f"/jobs/{jobs.start(asked).job}")


def form_of(kind: str) -> JobForm | None:
    """The form that starts jobs of a kind, if there is one."""
    struct = kinds_by_name().get(kind)
    return next((form for form in job_forms() if form.job is struct), None)


def title_of(kind: str) -> str:
    """What a kind of job is called: by its form, else by its name."""
    form = form_of(kind)
    return form.title if form else kind.replace("-", " ").capitalize()


def to_page(visit: Visit, address: str) -> Response:
    return Response(headers={"HX-Redirect": address}) if visit.is_part else RedirectResponse(address, 303)


JOB_PAGES = (
    Page("/jobs", all_jobs),
    Page("/jobs/{job}", one_job),
    Page("/jobs/{job}/cancel", cancel, method="POST"),
    Page("/jobs/{job}/start", start_for_good, method="POST"),
)
