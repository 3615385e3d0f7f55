"""Cisco's signature on a firmware file: the signer, and whether the file has changed since it was signed.

The public keys are in `signers.json`: twenty-three of Cisco's, each proved on genuine files, and ringup's own
test key, whose private half is public. A file that fits no key need not be damaged: older signers exist.
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
"""Name of an environment variable: with the value ``1``, synthetic packages are accepted, as `ringup demo`
and the tests need.
"""

_SYNTHETIC_NOTE = b"synthetic image made by ringup"
_NOTE_WITHIN = 2048
"""Number of bytes from the start of a file within which the note lies, after the headers."""


class SignatureVerdict(Enum):
    """The result of checking a signature; the text is for people."""

    GENUINE = "genuine"
    DAMAGED = "damaged"
    UNKNOWN = "no known signer"


@dataclass(frozen=True, slots=True)
class Signer:
    """One public key, and the files that this key signs."""

    models: tuple[str, ...]
    protocol: str
    """``SIP`` or ``SCCP`` where a family has a key for each; empty where one key signs both."""
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
    """The known facts about the origin of one signed file."""

    verdict: SignatureVerdict
    signer: Signer | None = None
    """The signer; None for a file that matches no known key."""
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
    """Return every known signer."""
    rows = json.loads(Path(__file__).with_name("signers.json").read_text(encoding="ascii"))
    return tuple(
        Signer(tuple(row["models"]), row["protocol"], row["note"], int(row["modulus"], 16)) for row in rows
    )


def authenticity(data: bytes) -> Authenticity:
    """Check the signature of a complete signed file, whose header was found to be valid."""
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
    """Return whether a file is synthetic firmware, signed or not, and this process does not accept such
    firmware.

    The oldest phones take unsigned images, so a synthetic `.bin` is recognised by its note.
    """
    if accepts_test_signer():
        return False
    if _SYNTHETIC_NOTE in data[:_NOTE_WITHIN]:
        return True
    # Only the key is looked at: computing a digest of each file that is served would waste time.
    signature = data[SIGNATURE_START:RECORD_END] if data.startswith(b"\x01\x00\x02") else b""
    return any(signer.is_test and opened(signature, signer.modulus) for signer in signers())
