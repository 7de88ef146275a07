"""Seals: make them, check the store against them, and prove one event to a person without access to the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.failures import REFUSED
from adapters.cli.options import AsJson, File
from adapters.cli.progress import progress
from adapters.cli.session import opened
from adapters.cli.show import print_json, say, tell
from adapters.texts.amounts import counted

if TYPE_CHECKING:
    from adapters.postgres.seals import Verified
    from billing_core.integrity.seals import IsSigned, Seal

PublicKeys = Annotated[
    list[Path] | None,
    typer.Option(
        "--key", metavar="FILE", exists=True, dir_okay=False,
        help="The public key of the sealer; repeat the option if the key was changed.",
    ),
]  # fmt: skip
PublishedFile = Annotated[
    Path | None, typer.Option("--published", metavar="FILE", dir_okay=False, help="The file of published seals.")
]


def make_key(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The file for the private key; FILE.pub gets the public key.")
    ],
    as_json: AsJson = False,
) -> None:
    """Make a key that signs seals.

    Keep the private key away from the database; give the public key to the auditors.
    """
    from adapters.files.seal_files import create_keys

    public = create_keys(file)
    if as_json:
        print_json({"private_key": str(file), "public_key": str(public)})
    else:
        tell(f"The private key is in {file}, the public key in {public}.")


def make_seals(
    context: typer.Context,
    key: Annotated[
        Path,
        typer.Option("--key", metavar="FILE", exists=True, dir_okay=False, help="The private key, made by seal-key."),
    ],
    published: PublishedFile = None,
    now: Annotated[
        bool, typer.Option("--now", help="Also seal the newest events, although their range is not full.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Seal the events that were written since the last seal.

    A seal covers 10,000 positions. With --published every new seal is appended to a file: a copy of that file proves
    that no events were cut off.
    """
    from adapters.files.seal_files import PublishedSeals, load_signer

    sign = load_signer(key)
    with opened(context) as app, app.seals.only_sealer():
        file = PublishedSeals(published) if published else None
        if file:
            file.check(app.seals.lines())
        with progress("Seal", "events") as advance:
            made = app.seals.seal(sign, now, advance)
        if file:
            file.publish(app.seals.lines())
    if as_json:
        print_json({"seals": [_as_document(seal) for seal in made]})
    elif made:
        tell(f"Sealed positions {made[0].first:,} to {made[-1].last:,} with {counted(len(made), 'seal')}.")
    else:
        tell("No new events to seal." if now else "No range is full yet; use --now to seal the newest events.")


def _as_document(seal: Seal) -> dict[str, object]:
    return {
        "number": seal.number,
        "first": seal.first,
        "last": seal.last,
        "events": seal.count,
        "root": seal.root.hex(),
        "sealed_at": seal.sealed_at,
    }


def verify(
    context: typer.Context,
    key: PublicKeys = None,
    published: PublishedFile = None,
    stream: Annotated[
        str | None, typer.Option("--stream", metavar="NAME", help="Only one stream, as in account/A0001.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check that no sealed event was changed, removed, inserted or moved.

    The first faulty event is named. Without --key signatures are not checked; without --published, or with a file that
    lacks the newest seals, the loss of the newest events together with their seals is not noticed. What was not checked
    is named, and the exit code is then 1.
    """
    from adapters.files.seal_files import PublishedSeals

    is_signed = _check_by(key)
    lines = PublishedSeals(published).lines() if published else None
    with opened(context) as app:
        if stream is not None:
            verified = app.seals.verify_stream(stream, is_signed, lines)
        else:
            with progress("Verify", "events", app.log.final_position()) as advance:
                verified = app.seals.verify(is_signed, lines, advance)
    unchecked = [*_unsigned(key), *_unpublished(verified, published)]
    if as_json:
        print_json({"sound": not verified.findings, "unchecked": unchecked, "verified": verified})
    else:
        _tell_verified(verified)
    for text in unchecked:
        say(f"NOT CHECKED {text}")
    if verified.findings or unchecked:
        raise typer.Exit(REFUSED)


def _unsigned(key: list[Path] | None) -> list[str]:
    return [] if key else ["who signed the seals: name the public key with --key."]


def _unpublished(verified: Verified, published: Path | None) -> list[str]:
    """What the published file cannot show; nothing of a store without seals can be cut off with them."""
    if published is None:
        return ["whether the newest events were cut off with their seals: name the published file with --published."]
    if not verified.published and verified.seals:
        return [f"whether the newest events were cut off with their seals: the published file {published} is empty."]
    if (verified.published or 0) < verified.seals:
        return [
            f"whether events after seal {verified.published:,} were cut off with their seals: the published file "
            f"{published} is older than the newest seal, {verified.seals:,}; compare with a newer one."
        ]
    return []


def _check_by(keys: list[Path] | None) -> IsSigned:
    from adapters.files.seal_files import load_check

    return load_check(keys) if keys else lambda message, signature: True


def _tell_verified(verified: Verified) -> None:
    for finding in verified.findings:
        tell(f"BROKEN {finding.text}", "bold")
    if not verified.findings and not verified.seals:
        tell("No events are sealed yet, so nothing was checked. Seal them with `billing seal`.")
    elif not verified.findings:
        tell(f"ok     {counted(verified.events, 'event')} unchanged, by {counted(verified.seals, 'seal')}")
    if verified.unsealed:
        tell(f"       not sealed yet: {counted(verified.unsealed, 'event')}")


def export_proof(
    context: typer.Context,
    position: Annotated[int, typer.Argument(metavar="POSITION", min=1)],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", dir_okay=False, help="The file for the proof.")],
    as_json: AsJson = False,
) -> None:
    """Export a proof of one event.

    It holds the event, its seal and the path between them; `billing check-proof` checks it without the database.
    """
    from adapters.files.seal_files import write_proof

    with opened(context) as app:
        proof = app.seals.prove(position, _check_by(None))
    write_proof(out, proof)
    if as_json:
        print_json({"position": position, "seal": proof.seal.number, "file": str(out)})
    else:
        tell(f"The proof of the event at position {position:,} by seal {proof.seal.number:,} is in {out}.")


def check_proof(
    file: File,
    key: Annotated[
        Path, typer.Option("--key", metavar="FILE", exists=True, dir_okay=False, help="The public key of the sealer.")
    ],
    as_json: AsJson = False,
) -> None:
    """Check a proof of one event, without a database."""
    from adapters.files.seal_files import load_check, read_proof
    from billing_core.integrity import seals

    proof = read_proof(file)
    event = seals.check_proof(proof, load_check([key]))
    if as_json:
        print_json({"proved": event, "sealed_at": proof.seal.sealed_at})
        return
    tell(f"Proved: position {event.position:,} is version {event.version:,} of {event.stream}, {event.topic}")
    tell(f"        recorded at {event.recorded_at.isoformat()}, sealed at {proof.seal.sealed_at.isoformat()}")
    tell(f"        by {event.metadata}")
    tell(f"        {event.state}")


COMMANDS = {
    "seal-key": make_key,
    "seal": make_seals,
    "verify": verify,
    "proof": export_proof,
    "check-proof": check_proof,
}
