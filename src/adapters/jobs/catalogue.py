"""Import of a catalogue."""

from __future__ import annotations

from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from adapters.files.catalogue import read_catalogue
from adapters.files.yaml_documents import YAML
from commands.catalogue_import import EntryReport


class ImportCatalogue(Job, frozen=True, kw_only=True):
    """Publish new products and tariffs from a YAML file, and add new revisions of tariffs from their dates on.

    An entry that would change the past is refused, and the others are imported. The same file again changes nothing.
    """


def import_catalogue(asked: ImportCatalogue, work: Work) -> list[EntryReport]:
    """The result of each entry of the file."""
    assert work.file is not None
    listed = read_catalogue(work.file)
    run = work.app.catalogue_import()
    if work.is_dry_run:
        return run.rehearse(listed, work.origin)
    with work.watch("Catalogue", "entries", len(listed.products) + len(listed.tariffs)) as advance:
        return run.bring_in(listed, work.origin, advance)


JOBS: Jobs = {ImportCatalogue: Kind(import_catalogue, takes=YAML, rehearses=True)}
