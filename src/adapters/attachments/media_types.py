"""Which media types may be attached, and whether a file is what it says it is.

A media type is on the list below, and the content must not contradict it: the first bytes of a picture or PDF are those
of its format, an office file has the parts of its format and no macros, a text has no zero byte. Pages (HTML, SVG),
programs, scripts and archives are not on the list.

    declared                    content               taken as
    application/pdf             %PDF-1.7 ...          application/pdf
    image/png                   %PDF-1.7 ...          refused
    application/octet-stream    %PDF-1.7 ...          application/pdf: what the content says
    text/html                   anything              refused
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import puremagic

from billing_core.kernel.errors import InvalidValue

UNKNOWN = "application/octet-stream"
HEAD_BYTES = 8_192
READ_BYTES = 1_000_000
TEXTS = ("text/plain", "text/csv")
# As the library names the formats; phones write pictures in HEIC, which it knows as HEIF.
OF_MAGIC = {
    "application/pdf": "application/pdf",
    "image/gif": "image/gif",
    "image/heic": "image/heif",
    "image/heif": "image/heif",
    "image/jpeg": "image/jpeg",
    "image/png": "image/png",
    "image/tiff": "image/tiff",
    "image/webp": "image/webp",
    "message/rfc822": "message/rfc822",
    "video/mp4": "video/mp4",
}
# An office file is an archive with this part.
OOXML = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
OF_PART = {
    f"{OOXML}.wordprocessingml.document": "word/document.xml",
    f"{OOXML}.spreadsheetml.sheet": "xl/workbook.xml",
    f"{OOXML}.presentationml.presentation": "ppt/presentation.xml",
}
OF_NAMED_TYPE = (f"{OPEN_DOCUMENT}.text", f"{OPEN_DOCUMENT}.spreadsheet", f"{OPEN_DOCUMENT}.presentation")
MACROS = ("vbaproject.bin", "basic/script-lc.xml")
ALLOWED = tuple(sorted((*TEXTS, *OF_MAGIC, *OF_PART, *OF_NAMED_TYPE)))


class MediaTypeRefused(InvalidValue):
    """The media type may not be attached, or the content is of another one."""

    code = "media-type-refused"


def require_allowed(declared: str) -> str:
    """The media type that a header declares, without its parameters; one that may not be attached is refused."""
    media_type = declared.partition(";")[0].strip().lower() or UNKNOWN
    if media_type not in (*ALLOWED, UNKNOWN):
        raise _refused(f"may not be attached; these may: {', '.join(ALLOWED)}", media_type)
    return media_type


def media_type_of(declared: str, path: Path) -> str:
    """The media type of a file, declared and not contradicted by its content; else `MediaTypeRefused`."""
    media_type = require_allowed(declared)
    if media_type == UNKNOWN:
        found = [each for each in ALLOWED if each not in (*TEXTS, "image/heic") and _is(each, path)]
        if not found:
            raise _refused("the content is of none of the formats that may be attached; declare the media type of a "
                           "text", media_type)  # fmt: skip
        return found[0]
    if not _is(media_type, path):
        raise _refused("the content is not of this media type", media_type)
    return media_type


def _is(media_type: str, path: Path) -> bool:
    if media_type in TEXTS:
        return _is_text(path)
    if media_type in OF_MAGIC:
        return OF_MAGIC[media_type] in _by_magic(path)
    return _is_office_file(media_type, path)


def _is_text(path: Path) -> bool:
    """Of whatever encoding: many exports are not in UTF-8."""
    with path.open("rb") as file:
        while part := file.read(READ_BYTES):
            if b"\0" in part:
                return False
    return True


def _by_magic(path: Path) -> set[str]:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    try:
        return {found.mime_type for found in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return set()


def _is_office_file(media_type: str, path: Path) -> bool:
    """By the names of its parts; nothing but the short name of an OpenDocument's type is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.lower() for name in archive.namelist()}
            if any(name.endswith(MACROS) for name in names):
                return False
            if media_type in OF_PART:
                return "[content_types].xml" in names and OF_PART[media_type] in names
            return _type_named_in(archive) == media_type
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError):
        return False


def _type_named_in(archive: zipfile.ZipFile) -> str:
    """The content of the first part of an OpenDocument, which is stored as it is."""
    first = next(iter(archive.infolist()), None)
    if first is None or first.filename != "mimetype" or first.file_size > HEAD_BYTES:
        return ""
    return archive.read(first).decode("ascii", "replace").strip()


def _refused(reason: str, media_type: str) -> MediaTypeRefused:
    return MediaTypeRefused(reason, field="media_type", value=media_type)
