"""Files outside the database: the keys that sign seals, and the published seals.

An administrator of the database must not be able to rewrite these: keep the private key where only the sealer reads it,
and copy the published file to an auditor or a write-once store.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from billing_core.integrity.seals import IsSigned, Proof, ProofRefused
from billing_core.kernel.errors import BillingError, InvalidValue


class PublishedDiffers(BillingError):
    """The published seals are not those of this store: one of the two was rewritten, or belongs to another store."""

    code = "published-differs"


# --- keys


def create_keys(path: Path) -> Path:
    """Make a new private key in a file that only its owner reads, and the public key next to it; the public key's
    file.
    """
    private = Ed25519PrivateKey.generate()
    public_path = path.with_name(path.name + ".pub")
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    _write_new(public_path, public, mode=0o644)
    try:
        _write_new(path, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), mode=0o600)
    except BaseException:
        public_path.unlink()
        raise
    return public_path


def load_signer(path: Path) -> Callable[[bytes], bytes]:
    """Signs with the private key in a file."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise InvalidValue("is not a private Ed25519 key; make one with `billing seal-key`", field="key", value=path)
    return key.sign


def load_check(paths: Sequence[Path]) -> IsSigned:
    """Whether one of the public keys in some files has signed."""
    return _signed_by([_public_key(path.read_bytes(), path) for path in paths])


def check_by(public_key: str) -> IsSigned:
    """Whether a public key has signed that is written as PEM."""
    return _signed_by([_public_key(public_key.encode(), "public key")])


def _signed_by(keys: Sequence[Ed25519PublicKey]) -> IsSigned:
    def is_signed(message: bytes, signature: bytes) -> bool:
        return any(_has_signed(key, message, signature) for key in keys)

    return is_signed


def _public_key(content: bytes, named: Path | str) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(content)
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise InvalidValue("is not a public Ed25519 key; make one with `billing seal-key`", field="key", value=named)
    return key


def _has_signed(key: Ed25519PublicKey, message: bytes, signature: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _write_new(path: Path, content: bytes, mode: int) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        os.fsync(file.fileno())


# --- published seals


class PublishedSeals:
    """Seals published to a file that only ever grows: one line each."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def lines(self) -> list[str]:
        return self._path.read_text(encoding="utf-8", errors="replace").splitlines()

    def check(self, lines: Sequence[str]) -> int:
        """The number of bytes of these lines in the file; raises `PublishedDiffers` if it holds anything else."""
        published = self._path.read_bytes() if self._path.exists() else b""
        if not _text(lines).startswith(published):  # It may end within a line, if the machine failed.
            number = next(n for n in range(len(lines) + 1) if not published.startswith(_text(lines[: n + 1])))
            raise PublishedDiffers(
                f"differs from the store's seals from seal {number + 1} on; check with `billing verify` which of "
                "the two was rewritten, and publish to a new file only then",
                field="published file",
                value=self._path,
            )
        return len(published)

    def publish(self, lines: Sequence[str]) -> None:
        """Append those that the file does not have yet, and be sure that they are on disk."""
        missing = _text(lines)[self.check(lines) :]
        with self._path.open("ab") as file:
            file.write(missing)
            file.flush()
            os.fsync(file.fileno())


def _text(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


# --- proofs


def write_proof(path: Path, proof: Proof) -> None:
    path.write_bytes(msgspec.json.format(msgspec.json.encode(proof), indent=2) + b"\n")


def read_proof(path: Path) -> Proof:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Proof)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ProofRefused(f"the file is not a proof: {error}", field="file", value=path) from error
