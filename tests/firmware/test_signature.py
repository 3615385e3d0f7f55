"""The texts that say who signed a file."""

import pytest

from ringup.firmware.contents import FindingKind
from ringup.firmware.images import CheckedFile
from ringup.firmware.package_set import Claim, authenticity_of, check_signers
from ringup.firmware.signature import Authenticity, SignatureVerdict, Signer


@pytest.mark.parametrize(
    ("signer", "words"),
    [
        (Signer(("7940", "7960"), "SIP", "", 3), "Cisco's signer for 7940/7960 SIP"),
        (Signer(("7970",), "", "until 2008", 3), "Cisco's signer for 7970 (until 2008)"),
        (Signer((), "", "test", 3), "ringup's test signer, which is not Cisco"),
    ],
)
def test_a_signer_is_named_by_its_models_and_what_else_tells_it_from_others(
    signer: Signer, words: str
) -> None:
    assert str(signer) == words


@pytest.mark.parametrize(
    ("verdicts", "shown"),
    [
        ((SignatureVerdict.GENUINE, SignatureVerdict.GENUINE), 1),
        ((SignatureVerdict.GENUINE, SignatureVerdict.UNKNOWN), 1),
        ((SignatureVerdict.UNKNOWN, SignatureVerdict.GENUINE), 0),
        ((SignatureVerdict.UNKNOWN, SignatureVerdict.DAMAGED), 1),
        ((SignatureVerdict.DAMAGED, SignatureVerdict.UNKNOWN), 0),
    ],
)
def test_a_package_is_as_authentic_as_its_worst_file(
    verdicts: tuple[SignatureVerdict, ...], shown: int
) -> None:
    proofs = [Authenticity(verdict, signed_at=number) for number, verdict in enumerate(verdicts)]
    members = {str(number): CheckedFile(None, (), proof) for number, proof in enumerate(proofs)}
    assert authenticity_of(members, "1") == proofs[shown]


@pytest.mark.parametrize(
    ("signed_for", "claimed", "fits"),
    [("SCCP", "SIP", False), ("SIP", "SCCP", False), ("SIP", "SIP", True), ("", "SIP", True)],
)
def test_the_signer_of_another_protocol_is_a_fault(signed_for: str, claimed: str, fits: bool) -> None:
    proof = Authenticity(SignatureVerdict.GENUINE, Signer(("7960",), signed_for, "", 3))
    claim = Claim("P0S3-8-12-00", claimed, ("7960",), "list", is_clean=True)
    found = list(check_signers({"a.sb2": CheckedFile(None, (), proof)}, claim))
    assert [each.code for each in found] == ([] if fits else [FindingKind.MIXED])
    assert all("which does not sign P0S3-8-12-00" in each.what for each in found)
