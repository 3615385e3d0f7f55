"""Check Cisco's signature on a firmware file: who signed it, and whether it has changed since then.

`signers.json` contains the public keys: twenty-three of Cisco's, each proved on genuine files, and ringup's
own test key, whose private half is public. A file that matches no known key is not necessarily damaged,
because Cisco has also used older keys.
"""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from pathlib import Path

from ringup.wire.image_signature import RECORD_END, SIGNATURE_START, digest_of, opened

ACCEPT_TEST_SIGNER = "RINGUP_ACCEPT_TEST_SIGNER"
"""The environment variable that accepts synthetic packages if its value is ``1``; `ringup demo` and the tests
set it.
"""

_SYNTHETIC_NOTE = b"synthetic image made by ringup"
_NOTE_WITHIN = 2048
"""Number of bytes at the start of a file in which the note of synthetic firmware is, after the headers."""


class SignatureVerdict(Enum):
    """The result of checking a signature; the value is a text for people."""

    GENUINE = "genuine"
    DAMAGED = "damaged"
    UNKNOWN = "no known signer"


@dataclass(frozen=True, slots=True)
class Signer:
    """One public key, and the kind of files that it signs."""

    models: tuple[str, ...]
    protocol: str
    """``SIP`` or ``SCCP`` if a family of phones has a key for each protocol; empty if one key signs both."""
    note: str
    modulus: int

    @property
    def is_test(self) -> bool:
        """Return whether this is ringup's own key, which proves nothing."""
        return self.note == "test"

    def __str__(self) -> str:
        if self.is_test:
            return "ringup's test signer, which is not Cisco"
        older = f" ({self.note})" if self.note else ""
        return (
            f"Cisco's signer for {'/'.join(self.models)}{f' {self.protocol}' if self.protocol else ''}{older}"
        )


@dataclass(frozen=True, slots=True)
class Authenticity:
    """What is known about the origin of one signed file."""

    verdict: SignatureVerdict
    signer: Signer | None = None
    """The key that signed the file; None if no known key matches."""
    signed_at: int = 0
    """The time when the file was signed, in Unix seconds."""

    def __str__(self) -> str:
        if self.verdict is SignatureVerdict.GENUINE and self.signer and self.signer.is_test:
            return f"synthetic: signed by {self.signer}"
        if self.verdict is SignatureVerdict.GENUINE:
            return f"genuine: signed {_clock(self.signed_at)} by {self.signer}"
        if self.verdict is SignatureVerdict.DAMAGED:
            was = f"what was signed {_clock(self.signed_at)} by {self.signer}"
            return f"damaged: 1 or more bytes differ from {was}"
        return "no known signer: it fits none of the keys that ringup knows"


def _clock(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


@cache
def signers() -> tuple[Signer, ...]:
    """Return all known keys."""
    rows = json.loads(Path(__file__).with_name("signers.json").read_text(encoding="ascii"))
    return tuple(
        Signer(tuple(row["models"]), row["protocol"], row["note"], int(row["modulus"], 16)) for row in rows
    )


def authenticity(data: bytes) -> Authenticity:
    """Check the signature of a complete signed file; its header must be valid."""
    signature = data[SIGNATURE_START:RECORD_END]
    for signer in signers():
        found = opened(signature, signer.modulus)
        if found is not None:
            verdict = (
                SignatureVerdict.GENUINE if found.digest == digest_of(data) else SignatureVerdict.DAMAGED
            )
            return Authenticity(verdict, signer, found.signed_at)
    return Authenticity(SignatureVerdict.UNKNOWN)


def accepts_test_signer() -> bool:
    """Return whether this process accepts synthetic firmware."""
    return os.environ.get(ACCEPT_TEST_SIGNER) == "1"


def is_refused_test_file(data: bytes) -> bool:
    """Return whether a file is synthetic firmware, signed or not, that this process does not accept.

    The oldest phones take unsigned images. So a synthetic `.bin` contains a note by which it is recognised.
    """
    if accepts_test_signer():
        return False
    if _SYNTHETIC_NOTE in data[:_NOTE_WITHIN]:
        return True
    # Only the key is compared. A digest of every file that is served would take too much time.
    signature = data[SIGNATURE_START:RECORD_END] if data.startswith(b"\x01\x00\x02") else b""
    return any(signer.is_test and opened(signature, signer.modulus) for signer in signers())
