"""Check the files of one package together: the same key must have signed all of them, and it must fit their
kind.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ringup.finding import Finding
from ringup.firmware.contents import FindingKind
from ringup.firmware.images import CheckedFile, finding
from ringup.firmware.signature import Authenticity, SignatureVerdict, Signer

Members = Mapping[str, CheckedFile]
"""The signed files that exist, by the names that findings use."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The load, protocol and models that a package claims; the keys that signed its files must fit them."""

    load: str
    protocol: str
    models: tuple[str, ...]
    where: str
    """The name of the package's list, for findings."""
    is_clean: bool
    """True if the package has no finding that makes it refused."""
    is_compared: bool = True
    """True if every file contains lengths or checksums, and these were compared."""


def check_signers(members: Members, claim: Claim) -> Iterator[Finding]:
    """Yield a finding for each signature that contradicts the load, protocol or models that the package
    claims.
    """
    proved = {place: each for place, each in members.items() if each.is_proved and each.authenticity}
    unknown = [place for place, each in members.items() if _is_unknown(each)]
    found = {each.authenticity.signer: place for place, each in proved.items() if each.authenticity}
    if proved and unknown:
        neighbour = next(iter(proved)).rpartition("/")[2]
        for place in unknown:
            what = f"matches no known key, although {neighbour} beside it does: its signature is damaged."
            yield finding(FindingKind.DAMAGED, place, what)
    elif unknown and claim.is_clean:
        fits = "lengths and checksums are right" if claim.is_compared else "not every length can be compared"
        yield finding(
            FindingKind.UNKNOWN_SIGNER,
            claim.where,
            f"signer not known; {fits}.",
            "Compare it with the package from Cisco if in doubt.",
        )
    if len(found) > 1:
        what = f"lists files of {len(found)} signers: {'; '.join(str(signer) for signer in found)}."
        yield finding(FindingKind.MIXED, claim.where, what, "Take all files from the same package.")
    for signer, place in found.items():
        yield from _misfit(signer, place, claim)


def _misfit(signer: Signer | None, place: str, claim: Claim) -> Iterator[Finding]:
    if signer is None:
        return
    if signer.is_test:
        what = f"is signed by {signer}: no real phone accepts it."
        yield finding(FindingKind.TEST_SIGNER, place, what, "Use Cisco's package.")
    elif _other_models(signer, claim.models) or _other_protocol(signer, claim.protocol):
        what = f"is signed by {signer}, which does not sign {claim.load}."
        yield finding(FindingKind.MIXED, place, what, "Take the file from the package that its name says.")


def _other_models(signer: Signer, models: tuple[str, ...]) -> bool:
    return bool(models) and not set(models) & set(signer.models)


def _other_protocol(signer: Signer, protocol: str) -> bool:
    return bool(signer.protocol and protocol in ("SIP", "SCCP") and signer.protocol != protocol)


def _is_unknown(checked: CheckedFile) -> bool:
    return checked.authenticity is not None and checked.authenticity.verdict is SignatureVerdict.UNKNOWN


def models_signed_for(result: Authenticity | None) -> tuple[str, ...]:
    """Return the models for which this key of Cisco signs; empty if the key is unknown."""
    return result.signer.models if result and result.signer and not result.signer.is_test else ()


def authenticity_of(members: Members, shown: str) -> Authenticity | None:
    """Return the authenticity of the file `shown` if one key proves all files, otherwise the worst of all
    files.

    None if no file is signed.
    """
    results = {place: each.authenticity for place, each in members.items() if each.authenticity}
    for verdict in (SignatureVerdict.DAMAGED, SignatureVerdict.UNKNOWN):
        for result in results.values():
            if result.verdict is verdict:
                return result
    return results.get(shown) or next(iter(results.values()), None)
