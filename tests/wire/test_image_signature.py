"""The signature of a firmware file, compared with OpenSSL's raw RSA, and with every kind of damage."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.emulator.firmware import SIGNED_AT, make_sip_package
from ringup.emulator.signers import CISCO_SIP, TEST_SIGNER
from ringup.wire.image_signature import RECORD_END, SIGNATURE_START, digest_of, opened

DATA = make_sip_package()["P0S3-8-12-00.loads"]
SIGNATURE = DATA[SIGNATURE_START:RECORD_END]


def _public_key(modulus: int) -> str:
    """Return a key in the form that `openssl asn1parse -genconf` accepts."""
    return (
        "asn1=SEQUENCE:key\n[key]\nalgorithm=SEQUENCE:rsa\nbits=BITWRAP,SEQUENCE:numbers\n"
        "[rsa]\nname=OID:rsaEncryption\nparameters=NULL\n"
        f"[numbers]\nn=INTEGER:0x{modulus:x}\ne=INTEGER:3\n"
    )


def test_openssl_opens_the_same_block(tmp_path: Path) -> None:
    (tmp_path / "key.conf").write_text(_public_key(TEST_SIGNER))
    (tmp_path / "signature").write_bytes(SIGNATURE)
    der = ["openssl", "asn1parse", "-genconf", "key.conf", "-noout", "-out", "key.der"]
    subprocess.run(der, cwd=tmp_path, check=True, capture_output=True)
    recover = ["openssl", "pkeyutl", "-verifyrecover", "-pubin", "-keyform", "DER", "-inkey", "key.der"]
    raw = ["-in", "signature", "-pkeyopt", "rsa_padding_mode:none"]
    block = subprocess.run([*recover, *raw], cwd=tmp_path, check=True, capture_output=True).stdout
    found = opened(SIGNATURE, TEST_SIGNER)
    assert found is not None
    assert block == b"\0\1" + b"\xff" * 229 + b"\0" + found.signed_at.to_bytes(4, "big") + found.digest


def test_a_signature_tells_its_time_and_digest() -> None:
    found = opened(SIGNATURE, TEST_SIGNER)
    assert found is not None
    assert (found.signed_at, found.digest) == (SIGNED_AT, digest_of(DATA))


def test_another_key_opens_nothing() -> None:
    assert opened(SIGNATURE, CISCO_SIP) is None


@given(st.integers(0, len(DATA) - 1), st.integers(0, 7))
def test_a_changed_bit_anywhere_is_seen(at: int, bit: int) -> None:
    changed = bytearray(DATA)
    changed[at] ^= 1 << bit
    if SIGNATURE_START <= at < RECORD_END:
        assert opened(bytes(changed[SIGNATURE_START:RECORD_END]), TEST_SIGNER) is None
    elif not RECORD_END - 259 <= at < SIGNATURE_START:
        assert digest_of(bytes(changed)) != digest_of(DATA)


@pytest.mark.parametrize("length", [0, 1, 255])
def test_a_short_signature_opens_nothing(length: int) -> None:
    assert opened(SIGNATURE[:length], TEST_SIGNER) is None
