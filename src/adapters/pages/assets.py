"""Stylesheets, scripts and icons: our own, and those of wheels, under an address that changes with their content.

    /static/VERSION/tokens.css  pages.js                 ours
    /static/VERSION/assets/bootstrap.min.css             Bootstrap 5.3, from the wheel django-js-lib-bootstrap5
    /static/VERSION/assets/icons/NAME.svg                Bootstrap Icons, from the wheel django-js-lib-bootstrap-icons
    /static/VERSION/assets/htmx.min.js                   htmx 2, from the wheel django-js-lib-htmx

A browser may keep them for ever.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from adapters.pages.headers import FOR_EVER

OWN = Path(__file__).parent / "own"
WHEELS = {
    "bootstrap.min.css": ("js_lib_bootstrap5", "static/js-lib-bootstrap5/css"),
    "htmx.min.js": ("js_lib_htmx", "static/htmx"),
}
ICONS = ("js_lib_bootstrap_icons", "static/bootstrap-icons")


@cache
def address() -> str:
    """The folder of this version's assets, as pages name it."""
    content = hashlib.sha256()
    for path in sorted(OWN.iterdir()):
        content.update(path.read_bytes())
    for wheel in ("htmx", "bootstrap5", "bootstrap-icons"):
        content.update(version(f"django-js-lib-{wheel}").encode())
    return f"/static/{content.hexdigest()[:12]}"


def asset_routes() -> list[Route]:
    """Addresses of the assets."""
    return [
        Route("/static/{version}/assets/icons/{name}", _icon),
        Route("/static/{version}/assets/{name}", _of_wheel),
        Route("/static/{version}/{name}", _own),
    ]


async def _own(request: Request) -> Response:
    known = {path.name: path for path in OWN.iterdir()}
    return _file(known.get(request.path_params["name"]))


async def _of_wheel(request: Request) -> Response:
    package, folder = WHEELS.get(request.path_params["name"], ("", ""))
    return _file(Path(str(files(package))) / folder / request.path_params["name"] if package else None)


async def _icon(request: Request) -> Response:
    name = request.path_params["name"]
    is_name = name.endswith(".svg") and name[:-4].replace("-", "").isalnum()
    return _file(Path(str(files(ICONS[0]))) / ICONS[1] / name if is_name else None)


def _file(path: Path | None) -> Response:
    if path is None or not path.is_file():
        return Response(status_code=404)
    return FileResponse(path, headers=FOR_EVER)
