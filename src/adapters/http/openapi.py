"""The description of the API in OpenAPI 3.1, made of the routes, the structs of their operations and their answers."""

from __future__ import annotations

from typing import Any, get_type_hints

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from adapters.actions.action import actions
from adapters.actions.attachments import KEEP_ATTACHMENT
from adapters.attachments.media_types import ALLOWED
from adapters.bootstrap.jobs import kinds
from adapters.door.door import Done, OwnSessions, SetUp
from adapters.door.job_door import JobCard
from adapters.edge.models import annotation_of, written
from adapters.http import examples
from adapters.http.answers import REFERENCE, schema_of
from adapters.http.attachment_endpoints import is_download
from adapters.http.examples import example_of
from adapters.http.route import JOBS, PREFIX, Route, routes
from adapters.http.staff_endpoints import Myself, Opened
from adapters.views.query import MOST_AT_ONCE, FileAnswer, Page, StreamedFile, queries
from commands.approvals import APPROVABLE
from commands.platform.ports import KeptFile

JSON = "application/json"
PROBLEM = {
    "type": "object",
    "description": "What went wrong (RFC 9457). `code` is stable and meant for programs.",
    "properties": {
        "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
        "code": {"type": "string"}, "detail": {"type": "string"}, "field": {"type": "string"},
        "value": {"type": "string"},
        "faults": {"type": "array", "items": {"type": "object", "properties": {
            "field": {"type": "string"}, "detail": {"type": "string"}}, "required": ["field", "detail"]}},
    },
    "required": ["type", "title", "status", "code", "detail"],
}  # fmt: skip
PROBLEMS = {
    "400": "The request is malformed.",
    "401": "Nobody is signed in.",
    "403": "The operator has no role that permits it.",
    "404": "The named thing does not exist.",
    "409": "A concurrent change, or an Idempotency-Key that was used for something else.",
    "412": "The object is not as it was when it was read (`If-Match`).",
    "413": "The body is too large.",
    "415": "The media type may not be attached, or the content is of another one.",
    "422": "A value is wrong, or a rule forbids it now.",
    "429": "Signing in failed too often.",
    "503": "The database cannot be used; repeat the request later.",
}
OF_QUERIES = ("400", "401", "403", "404", "422", "503")
OF_COMMANDS = ("400", "401", "403", "404", "409", "412", "413", "422", "503")
TO_START = ("400", "401", "403", "409", "413", "422", "503")
OF_JOBS = ("400", "401", "404", "422", "503")
OF_SIGN_IN = ("400", "401", "413", "422", "429", "503")
TEXT = {"type": "string"}
TO_PROVIDER = {"302": {"description": "Go to the provider.", "headers": {"Location": {"schema": TEXT}}}}
# A struct is written in other words than it is answered in, so each has a schema of its own.
WRITTEN = "Written"
DRY_RUN = {
    "name": "dry_run", "in": "query", "schema": {"type": "boolean"},
    "description": "Say what would happen, write nothing.",
}  # fmt: skip
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {**TEXT, "maxLength": 255},
    "description": "A command with the same key is carried out once; the first answer is given again.",
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "schema": {**TEXT, "maxLength": 255},
    "description": "The ETag of the object as it was read: the command is refused if it has changed since.",
}


def _kept() -> KeptFile: ...  # type: ignore[empty-body]
def _done() -> Done: ...  # type: ignore[empty-body]
def _opened() -> Opened: ...  # type: ignore[empty-body]
def _own_sessions() -> OwnSessions: ...  # type: ignore[empty-body]
def _set_up() -> SetUp: ...  # type: ignore[empty-body]
def _myself() -> Myself: ...  # type: ignore[empty-body]
def _job() -> JobCard: ...  # type: ignore[empty-body]
def _jobs() -> Page[JobCard]: ...  # type: ignore[empty-body]


def document(version: str) -> dict[str, Any]:
    """The whole description."""
    schemas: dict[str, Any] = {"Problem": {**PROBLEM, "examples": [examples.PROBLEM]}}
    paths: dict[str, dict[str, Any]] = {}
    for route in routes():
        paths.setdefault(PREFIX + route.path, {})[route.method.lower()] = _described(route, schemas)
    schemas["Done"] = {**schemas["Done"], "examples": [examples.DONE]}
    paths |= _sign_in(schemas) | _about_jobs(schemas) | _about_attachments(schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Billing", "version": version,
            "description": "Every command and every query of the billing engine. Sign in at `POST /v1/sessions`, or "
            "use an API key.",
        },
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"bearer": []}],
    }  # fmt: skip


def _described(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    if route.operation.is_job:
        return _starting(route, schemas)
    return _query(route, schemas) if route.is_query else _command(route, schemas)


def _command(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    parameters, can_rehearse = _in_path(route), route.struct not in actions()
    if can_rehearse:
        parameters += [DRY_RUN, IDEMPOTENCY_KEY, IF_MATCH]
    described_route = _operation(route, parameters, schema_of(_done, schemas), OF_COMMANDS)
    responses = described_route["responses"]
    done = responses[str(route.status)]
    if can_rehearse and "200" not in responses:
        responses["200"] = {**done, "description": "What would happen: with `dry_run` nothing is written."}
    if route.struct in APPROVABLE:
        waiting = "Waits for a second person, because it is above what the operator may do alone."
        responses["202"] = {**done, "description": waiting}
    return _with_fields(described_route, route, schemas)


def _starting(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    """A job: its fields are the body, or parameters if the body is a file."""
    kind = kinds()[route.struct]
    parameters = [*([DRY_RUN] if kind.rehearses else []), IDEMPOTENCY_KEY]
    if not kind.takes:
        described_route = _operation(route, parameters, schema_of(_job, schemas), TO_START)
        return _with_fields(described_route, route, schemas)
    parameters += _parameters(route)
    described_route = _operation(route, parameters, schema_of(_job, schemas), TO_START)
    described_route["requestBody"] = {
        "required": True, "content": {kind.takes: {"schema": {**TEXT, "format": "binary", "minLength": 1}}}
    }  # fmt: skip
    return described_route


def _with_fields(described_route: dict[str, Any], route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    body = _body(route, schemas)
    if body["properties"]:
        name = route.struct.__name__
        schemas[name] = {**body, "title": name}
        example = examples.BODIES.get(route.operation.name) or example_of(body, schemas)
        content = {JSON: {"schema": {"$ref": f"{REFERENCE}{name}"}, "example": example}}
        described_route["requestBody"] = {"required": bool(body.get("required")), "content": content}
    return described_route


def _body(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    """The fields of a command that do not stand in the path."""
    found = _written_schema(route.struct)
    for name, schema in found.pop("$defs", {}).items():
        schemas[f"{WRITTEN}{name}"] = {**schema, "title": f"{WRITTEN}{name}"}
    if "$ref" in found:
        found = schemas.pop(found["$ref"].rpartition("/")[2])
    if "properties" not in found:  # One of several shapes: each has its own fields.
        return {"properties": {"": {}}, **found}
    for word in route.words_in_path:
        found["properties"].pop(word)
    found["required"] = [word for word in found.get("required", []) if word in found["properties"]]
    if not found["required"]:
        del found["required"]
    return found


def _written_schema(struct: Any) -> dict[str, Any]:
    """The schema of what may be written of a struct."""
    return TypeAdapter(annotation_of(struct)).json_schema(
        ref_template=f"{REFERENCE}{WRITTEN}{{model}}", schema_generator=_AsWritten
    )


class _AsWritten(GenerateJsonSchema):
    """Defaults are shown as they would be written, and a word has no title, which would only repeat it.

    A union is described by its members alone: the library's discriminator of a union within a union is none of OpenAPI.
    """

    def encode_default(self, dft: Any) -> Any:
        return written(dft)

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def tagged_union_schema(self, schema: Any) -> JsonSchemaValue:
        found = super().tagged_union_schema(schema)
        found.pop("discriminator", None)
        return found


def _query(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    parameters = [*_in_path(route), *_parameters(route)]
    parameters.append(_in_query("as_of", TEXT, "Answer from the read models that were built under this name."))
    parameters.append(
        _in_query("min_position", {"type": "integer", "minimum": 0}, "Wait until this position of the log is shown.")
    )
    answer = queries()[route.struct]
    media_type = _media_type_of(route)
    if media_type:
        described_route = _operation(route, parameters, {}, OF_QUERIES)
        # A file of JSON is read as what it holds, which is no text.
        file = {media_type: {"schema": {} if media_type == JSON else {**TEXT, "format": "binary"}}}
        described_route["responses"][str(route.status)]["content"] = file
        return described_route
    return _operation(route, parameters, schema_of(answer, schemas), OF_QUERIES)


def _media_type_of(route: Route) -> str:
    """The media type if the answer is a file; a file that was sent here has one of its own."""
    if is_download(route):
        return "application/octet-stream"
    kind = get_type_hints(queries()[route.struct])["return"]
    return kind.media_type if isinstance(kind, type) and issubclass(kind, FileAnswer | StreamedFile) else ""


def _parameters(route: Route) -> list[dict[str, Any]]:
    """The words of a query that do not stand in the path."""
    found, known = _words(route)
    examples_of = {word: example_of(found["properties"][word], known, word) for word in found.get("required", [])}
    return [
        {**_in_query(word, schema, ""), "required": word in examples_of}
        | ({"example": examples_of[word]} if word in examples_of else {})
        for word, schema in found["properties"].items()
        if word not in route.words_in_path
    ]


def _in_path(route: Route) -> list[dict[str, Any]]:
    return [
        {"name": word, "in": "path", "required": True, "schema": TEXT, "example": str(example)}
        for word, example in _examples_in_path(route).items()
    ]


def _examples_in_path(route: Route) -> dict[str, Any]:
    """A value of each word that stands in the path."""
    found, known = _words(route)
    return {word: example_of(found["properties"][word], known, word) for word in route.words_in_path}


def _words(route: Route) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema with the words of an operation, and those that it refers to, by their names."""
    found = _written_schema(route.struct)
    known = {f"{WRITTEN}{name}": schema for name, schema in found.get("$defs", {}).items()}
    while "properties" not in found:  # One of several shapes, which have the words in the path in common.
        found = known[(found.get("$ref") or found["anyOf"][0]["$ref"]).rpartition("/")[2]]
    return found, known


def _in_query(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    given: dict[str, Any] = {"description": description} if description else {}
    if schema.get("type") == "array":  # Names with commas between them.
        given |= {"style": "form", "explode": False}
    if schema.get("type") == "object":  # Each of its words is a parameter by itself.
        given |= {"style": "form", "explode": True}
    return {"name": name, "in": "query", "schema": schema, **given}


def _operation(
    route: Route, parameters: list[dict[str, Any]], answer: dict[str, Any], problems: tuple[str, ...]
) -> dict[str, Any]:
    operation = route.operation
    text = " ".join((route.struct.__doc__ or "").split())
    return {
        "operationId": operation.name,
        "tags": [operation.area],
        "summary": operation.name.replace("-", " ").capitalize(),
        "description": f"{text}\n\nPermission: `{operation.permission}`.",
        "parameters": parameters,
        "responses": _responses(str(route.status), answer, problems),
    }


def _responses(status: str, answer: dict[str, Any] | None, problems: tuple[str, ...]) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done."}
    if answer is not None:
        done["content"] = {"application/json": {"schema": answer}}
    return {status: done} | _problems(problems)


def _problems(codes: tuple[str, ...]) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": f"{REFERENCE}Problem"}}}
    return {code: {"description": PROBLEMS[code], "content": problem} for code in codes}


def _about_jobs(schemas: dict[str, Any]) -> dict[str, Any]:
    """Jobs are seen by who started them, and by who may start or see their kind."""
    card, page = schema_of(_job, schemas), schema_of(_jobs, schemas)
    job = {"name": "job", "in": "path", "required": True, "schema": TEXT}
    limit = _in_query("limit", {"type": "integer", "minimum": 1, "maximum": MOST_AT_ONCE, "default": 50}, "")
    before = _in_query("before", TEXT, "The job before which to go on.")
    followed = _responses("200", None, OF_JOBS)
    followed["200"] = {
        "description": "An event `progress` for each change, and `ended` for the last; its data is the job.",
        "content": {"text/event-stream": {"schema": TEXT}},
    }

    def described(name: str, parameters: list[dict[str, Any]], responses: dict[str, Any]) -> dict[str, Any]:
        summary = name.replace("-", " ").capitalize()
        return {"operationId": name, "tags": ["jobs"], "summary": summary, "parameters": parameters,
                "responses": responses}  # fmt: skip

    one = f"{PREFIX}{JOBS}/{{job}}"
    return {
        f"{PREFIX}{JOBS}": {"get": described("list-jobs", [before, limit], _responses("200", page, OF_JOBS))},
        one: {"get": described("show-job", [job], _responses("200", card, OF_JOBS))},
        f"{one}/events": {"get": described("follow-job", [job], followed)},
        f"{one}/cancel": {"post": described("cancel-job", [job], _responses("200", card, (*OF_JOBS, "403", "409")))},
    }


def _about_attachments(schemas: dict[str, Any]) -> dict[str, Any]:
    """A file comes in; it is read through what it is attached to."""
    file = {"schema": {**TEXT, "format": "binary", "minLength": 1}}
    problems = ("400", "401", "403", "413", "415", "422", "503")
    return {
        f"{PREFIX}/attachments": {"post": {
            "operationId": "keep-attachment", "tags": ["attachments"], "summary": "Keep attachment",
            "description": "Keep a file for a command that attaches it by its hash within a day; otherwise it is "
            f"removed.\n\nPermission: `{KEEP_ATTACHMENT}`.",
            "requestBody": {"required": True, "content": dict.fromkeys(ALLOWED, file)},
            "responses": _responses("201", schema_of(_kept, schemas), problems),
        }},
    }  # fmt: skip


def _sign_in(schemas: dict[str, Any]) -> dict[str, Any]:
    own_password, credentials = _texts("password"), _texts("operator", "password", optional="code")
    opened, myself = schema_of(_opened, schemas), schema_of(_myself, schemas)
    return {
        f"{PREFIX}/sessions": {"post": {
            "operationId": "sign-in", "tags": ["staff"], "summary": "Sign in", "security": [],
            "requestBody": {"required": True, "content": {"application/json": {"schema": credentials}}},
            "responses": _responses("201", opened, OF_SIGN_IN),
        }},
        f"{PREFIX}/sign-in/oidc": {"get": {
            "operationId": "begin-oidc-sign-in", "tags": ["staff"], "summary": "Sign in by OpenID Connect",
            "description": "For a browser: it is sent to the provider, if the server is set up for one.",
            "security": [], "responses": TO_PROVIDER | _problems(("400", "403", "404", "503")),
        }},
        f"{PREFIX}/sign-in/oidc/callback": {"get": {
            "operationId": "finish-oidc-sign-in", "tags": ["staff"], "summary": "Come back from the provider",
            "security": [], "parameters": [_in_query("code", TEXT, ""), _in_query("state", TEXT, "")],
            "responses": _responses("201", opened, ("400", "401", "403", "404", "503")),
        }},
        f"{PREFIX}/sessions/current": {"delete": {
            "operationId": "sign-out", "tags": ["staff"], "summary": "Sign out",
            "responses": _responses("204", None, ("400", "401", "503")),
        }},
        f"{PREFIX}/sessions/current/renew": {"post": {
            "operationId": "renew-session", "tags": ["staff"], "summary": "Renew the session",
            "description": "Another token for the session, which ends when it would have. The present one ends now.",
            "responses": _responses("201", opened, ("400", "401", "403", "503")),
        }},
        f"{PREFIX}/me/sessions": {"get": {
            "operationId": "list-own-sessions", "tags": ["staff"], "summary": "List the own sessions",
            "responses": _responses("200", schema_of(_own_sessions, schemas), ("400", "401", "403", "503")),
        }},
        f"{PREFIX}/me/sessions/{{session}}": {"delete": {
            "operationId": "end-own-session", "tags": ["staff"], "summary": "End one of the own sessions",
            "parameters": [{"name": "session", "in": "path", "required": True, "schema": TEXT}],
            "responses": _responses(
                "200", schema_of(_done, schemas), ("400", "401", "403", "404", "409", "422", "503")
            ),
        }},
        f"{PREFIX}/me/password": {"put": {
            "operationId": "change-own-password", "tags": ["staff"], "summary": "Change the own password",
            "description": "All sessions of the operator end.",
            "requestBody": {"required": True, "content": {"application/json": {"schema": own_password}}},
            "responses": _responses("200", schema_of(_done, schemas), ("400", "401", "413", "422", "503")),
        }},
        f"{PREFIX}/me/second-factor": {
            "post": {
                "operationId": "set-up-second-factor", "tags": ["staff"], "summary": "Set up a second factor",
                "description": "What codes are made from (RFC 6238). They are asked for once one of them was given.",
                "responses": _responses("201", schema_of(_set_up, schemas), ("400", "401", "403", "422", "503")),
            },
            "put": {
                "operationId": "confirm-second-factor", "tags": ["staff"], "summary": "Confirm a second factor",
                "requestBody": {"required": True, "content": {"application/json": {"schema": _texts("code")}}},
                "responses": _responses("200", schema_of(_done, schemas), OF_COMMANDS),
            },
        },
        f"{PREFIX}/me": {"get": {
            "operationId": "show-myself", "tags": ["staff"], "summary": "Who has signed in",
            "responses": _responses("200", myself, ("400", "401", "503")),
        }},
    }  # fmt: skip


def _texts(*required: str, optional: str = "") -> dict[str, Any]:
    """The schema of a body whose fields are texts."""
    properties = {name: TEXT for name in (*required, optional) if name}
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}
