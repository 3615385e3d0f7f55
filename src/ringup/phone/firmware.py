"""Names of 7940/7960 firmware: the protocol of a load, its loader, and the right spelling of its name.

Source: P-LOAD-1 to P-LOAD-6. Phones use these names as file names, so zeros, and upper and lower case,
matter.
"""

import re

from ringup.phone.fault import FaultCode, ValueFault

PROTOCOLS: dict[str, str] = {"P003": "SCCP", "P0S3": "SIP", "P0M3": "MGCP"}
"""The protocol for the first four characters of a load's name.

They are P for phone, a zero, the protocol's letter, and 3 for the processor of the 79[46]0.
"""

EXTENSIONS = (".loads", ".sb2", ".sbn", ".bin", ".zup")

LAST_SIP_RELEASE = (8, 12)
"""The last SIP release, 8.12 of May 2009; its name is the only one without a leading zero."""

FIRST_LOADER_RELEASE = 7
"""The first major release that uses the universal application loader (MATRIX).

A load of an earlier release consists of one image.
"""

_DASHED = re.compile(r"(P0[0SM]3)-([0-9]{1,2})-([0-9]{1,2})-([0-9]{2})")
_PLAIN = re.compile(r"P0[0SM]3([0-9]{2})([0-9]{2})([0-9]{4}|SR[0-9]{2})?")


def protocol_of(load: str) -> str | None:
    """Return the protocol of a load: ``SIP``, ``SCCP`` or ``MGCP``; None if the name belongs to another
    family.
    """
    return PROTOCOLS.get(load[:4])


def loader_of(load: str) -> str:
    """Guess from its name which loader a load uses; `FirmwareFolder.loader_of` knows it from the ``.loads``
    file.

    The loader of a SIP or MGCP package is named P003 with the same numbers after the dashes. An SCCP loader
    has the application's name. A load from before the universal loader is its own loader, which its
    OS79XX.TXT names: ``P0S3-06-3-00`` (HOWTO of 2005).
    """
    release = release_of(load)
    if protocol_of(load) == "SCCP" or (release is not None and release[0] < FIRST_LOADER_RELEASE):
        return load
    return f"P003{load[4:]}" if protocol_of(load) else load


def version_of(load: str) -> tuple[int, int] | None:
    """Return the major and minor release in a name with dashes; None if the name does not contain them."""
    match = _DASHED.fullmatch(load)
    return (int(match[2]), int(match[3])) if match else None


def release_of(load: str) -> tuple[int, int] | None:
    """Return the major and minor release in an old or new name: ``P0S30202`` is 2.2, ``P00308010200`` is
    8.1(2).
    """
    match = _DASHED.fullmatch(load)
    if match is not None:
        return int(match[2]), int(match[3])
    match = _PLAIN.fullmatch(load)
    return (int(match[1]), int(match[2])) if match else None


def right_name(load: str) -> str:
    """Return the name in Cisco's spelling: in upper case, and with the zeros that this release's name has."""
    match = _DASHED.fullmatch(load.upper())
    return _padded(match) if match else load.upper()


def check_load(load: str) -> ValueFault | None:
    """Return the reason why this name cannot be a required load, or None."""
    for extension in EXTENSIONS:
        if load.lower().endswith(extension):
            cure = f"Write {_right(load[: -len(extension)])}."
            return _fault(FaultCode.LOAD_WITH_EXTENSION, f"{load!r} has an extension.", cure)
    if load != load.upper() and check_load(_right(load)) is None:
        fact = f"{load!r} must be in upper case, as its file is."
        return _fault(FaultCode.LOAD_IN_SMALL_LETTERS, fact, f"Write {_right(load)}.")
    match = _DASHED.fullmatch(load)
    if match is None:
        return None if _PLAIN.fullmatch(load) else _no_load(load)
    if match[1] == "P003":
        fact = f"{load!r} is a loader, not an application."
        return _fault(FaultCode.LOADER, fact, f"Write {_right(load)} for SIP.")
    right = _padded(match)
    if load == right:
        return None
    fact = f"{load!r} has the wrong zeros; its file is {right}."
    return _fault(FaultCode.LOAD_WITH_WRONG_ZEROS, fact, "Write that name.")


def _fault(code: FaultCode, fact: str, cure: str) -> ValueFault:
    return ValueFault(code, "load", fact, cure)


def _right(load: str) -> str:
    """Return the name that was probably meant.

    It is in upper case with the right zeros, and names the SIP application instead of its loader.
    """
    match = _DASHED.fullmatch(load.upper().replace("P003-", "P0S3-"))
    return _padded(match) if match else load.upper()


def _no_load(load: str) -> ValueFault:
    fact = f"{load!r} is not a 7940/7960 firmware."
    return _fault(FaultCode.NO_LOAD, fact, "Write a name like P0S3-8-12-00 (SIP 8.12).")


def _padded(match: re.Match[str]) -> str:
    """Return the name with the right zeros: the major release has two digits, except in SIP 8.12."""
    major, minor = int(match[2]), int(match[3])
    first = str(major) if (major, minor) == LAST_SIP_RELEASE else f"{major:02}"
    return f"{match[1]}-{first}-{minor}-{match[4]}"
