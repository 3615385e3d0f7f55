"""Make synthetic firmware packages: files in Cisco's format, without Cisco's code.

Every size, length, checksum and fixed text that a phone or a validator reads is at the same offset as in
genuine files, by the byte tables of docs/reference/firmware-container.md. The other bytes are a note that the
file is synthetic. The files are signed with ringup's test key, so that they cannot be mistaken for genuine
firmware.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ringup.emulator.signers import TEST_SIGNER, TEST_SIGNER_PRIVATE_EXPONENT
from ringup.wire import image_7940, loads, signed_image
from ringup.wire.image_signature import RECORD_END, SIGNATURE_START, signature_of

NOTE = b"synthetic image made by ringup, not Cisco firmware\n"

ARM_BRANCH = bytes.fromhex("060000ea")
"""One little-endian ARM branch; genuine images begin with eight words of the form ``xx xx xx ea``."""
SIP_MARK, SCCP_MARK = "PAS3ARM1", "PA03Z031"
SIGNED_AT = 1_700_000_000
"""Unix time in synthetic signatures: a constant, so that each run makes the same bytes."""


@dataclass(frozen=True, slots=True)
class PackageSizes:
    """The measurements of one genuine package: file sizes in bytes, where the code ends, and the line ends of
    its texts.
    """

    protocol: str
    version: tuple[int, int]
    application: int
    application_code: int
    application_dsp: bytes
    """The identifier of the DSP section: 8 bytes beginning with P, or 28 beginning with D."""
    loader: int
    loader_mark: str
    """The loader's version, which the list repeats as LA_VERSION."""
    loads_line_end: str
    last_line_end: str
    pointer_line_end: str | None
    """The line end of OS79XX.TXT; None for packages without OS79XX.TXT."""


LOADER_DSP = b"PS03AA00"
LOADER_DSP_LENGTH = 0x20
"""Length in bytes of the loaders' empty DSP section."""


def _text(text: str) -> bytes:
    return text.encode("ascii").ljust(28, b"\0")


PACKAGES = (
    PackageSizes("SIP", (7, 5), 689_682, 0x912DC, b"PS03AT46", 129_292, "PAS3X060", "\r\n", "\r\n", None),
    # The loader of 8.3 was not available: its mark is spelt like the other loaders' [I].
    PackageSizes(
        "SIP",
        (8, 3),
        748_980,
        0x9F894,
        _text("DSP4.0(2.0)[A0]"),
        130_256,
        "PAS30803",
        "\n",
        "\n",
        "\r\n\n",
    ),
    # One of two genuine lists of 8.4 has no last line end; its loader was not available [I].
    PackageSizes(
        "SIP", (8, 4), 752_508, 0xA0664, _text("DSP4.0(2.0)[A0]"), 130_256, "PAS30804", "\r\n", "", "\r\n"
    ),
    PackageSizes(
        "SIP",
        (8, 12),
        756_524,
        0xA1624,
        _text("DSP4.0(5.0)[A0]"),
        130_956,
        "PAS30830",
        "\n",
        "\n",
        "\r\n",
    ),
    # SCCP 7.2(3): sizes from an installation guide; where its code ends is unknown [I].
    PackageSizes("SCCP", (7, 2), 681_290, 0x8F000, b"PS03AT46", 129_400, "PAS30702", "\r\n", "\r\n", None),
    PackageSizes(
        "SCCP",
        (8, 1),
        708_460,
        0x95A64,
        _text("DSP4.0(5.0)[A0]"),
        130_956,
        "PAS30831",
        "\r\n",
        "\r\n",
        None,
    ),
)

_SCCP_NAME = re.compile(r"P003(\d\d)(\d\d)(?:\d{4}|SR\d\d)")
_SIP_NAME = re.compile(r"P0[S0]3-(\d+)-(\d+)-\d+")


def make_sip_package(
    load: str = "P0S3-8-12-00", loader: str = "P003-8-12-00", loader_version: str = ""
) -> dict[str, bytes]:
    """Return the files of a SIP load by name; by default with the sizes of SIP 8.12."""
    return make_package(load, loader, loader_version or loader_version_of(loader))


def make_sccp_package(load: str = "P00307020300", loader_version: str = "") -> dict[str, bytes]:
    """Return the files of an SCCP load by name; application and loader share the stem."""
    return make_package(load, load, loader_version or loader_version_of(load))


def make_package(load: str, loader: str, loader_version: str) -> dict[str, bytes]:
    """Return the files of any load by name, with the sizes of the measured package that is nearest in
    version.
    """
    return dict(_made(load, loader, loader_version))


@cache
def _made(load: str, loader: str, loader_version: str) -> tuple[tuple[str, bytes], ...]:
    """Make a package and cache it: signing takes several milliseconds per file, and tests request the same
    packages often.
    """
    sizes = _nearest(load)
    listed = loads.build(
        loads.LoadsList(f"{loader}.sbn", f"{load}.sb2", loader_version), sizes.loads_line_end
    )
    listed = listed[: len(listed) - len(sizes.loads_line_end)] + sizes.last_line_end.encode("ascii")
    files = {
        f"{load}.loads": signed(f"{load}.loads", listed),
        f"{load}.sb2": signed(f"{load}.sb2", _application(load, sizes)),
        f"{loader}.sbn": signed(f"{loader}.sbn", _loader(loader, loader_version, sizes)),
    }
    files[f"{loader}.bin"] = signed_image.parse(files[f"{loader}.sbn"]).payload
    if sizes.pointer_line_end is not None:
        files["OS79XX.TXT"] = (loader + sizes.pointer_line_end).encode("ascii")
    return tuple(files.items())


def write_package(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a package's files into a folder, which is created if necessary."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)


def loader_version_of(loader: str) -> str:
    """Return the LA_VERSION of a loader: the measured one, else one in Cisco's spelling [I]."""
    version = _version(loader)
    protocol = "SIP" if "-" in loader else "SCCP"
    for sizes in PACKAGES:
        if (sizes.protocol, sizes.version) == (protocol, version):
            return sizes.loader_mark
    return f"PAS3{version[0]:02}{version[1]:02}"


def signed(name: str, payload: bytes) -> bytes:
    """Return a complete file with this payload, signed by ringup's test signer."""
    whole = bytearray(signed_image.build(signed_image.sign(name, payload)))
    whole[SIGNATURE_START:RECORD_END] = signature_of(
        bytes(whole), TEST_SIGNER, TEST_SIGNER_PRIVATE_EXPONENT, SIGNED_AT
    )
    return bytes(whole)


def _nearest(load: str) -> PackageSizes:
    version = _version(load)
    protocol = "SIP" if load[2:3] == "S" else "SCCP"

    def distance(sizes: PackageSizes) -> tuple[int, int]:
        return abs(sizes.version[0] - version[0]), abs(sizes.version[1] - version[1])

    return min((sizes for sizes in PACKAGES if sizes.protocol == protocol), key=distance)


def _version(name: str) -> tuple[int, int]:
    match = _SCCP_NAME.match(name) or _SIP_NAME.match(name)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _application(load: str, sizes: PackageSizes) -> bytes:
    """Return an uncompressed image: its code, then its DSP section."""
    mark = SIP_MARK if load[2:3] == "S" else SCCP_MARK
    whole = sizes.application - _header_length(f"{load}.sb2")
    code = _code(load, mark, sizes.application_code, {0x12C: sizes.application_code})
    _put_word(code, 0x128, image_7940.image_checksum(bytes(code), 0x128))
    return bytes(code) + _dsp(sizes.application_dsp, whole - sizes.application_code)


def _loader(loader: str, mark: str, sizes: PackageSizes) -> bytes:
    """Return a compressed image. Its body cannot be unpacked, so its header holds the unpacked length of a
    genuine loader.
    """
    whole = sizes.loader - _header_length(f"{loader}.sbn")
    end = whole - LOADER_DSP_LENGTH
    code = _code(loader, mark, end, {0x12C: 0x23D4A, 0x130: image_7940.COMPRESSED | 1, 0x138: end})
    code[image_7940.HEADER_LENGTH : image_7940.HEADER_LENGTH + 3] = b"\x1f\x9d\x8f"
    _put_word(code, 0x134, image_7940.image_checksum(bytes(code), 0x134))
    return bytes(code) + _dsp(LOADER_DSP, LOADER_DSP_LENGTH)


def _code(name: str, mark: str, length: int, words: Mapping[int, int]) -> bytearray:
    code = bytearray((NOTE * (length // len(NOTE) + 1))[:length])
    code[: image_7940.HEADER_LENGTH] = bytes(image_7940.HEADER_LENGTH)
    code[:0x20] = ARM_BRANCH * 8
    code[0x20 : 0x20 + len(name)] = name.encode("ascii")
    _put_word(code, 0x118, 3)
    code[0x120:0x128] = mark.encode("ascii").ljust(8)[:8]
    for at, value in words.items():
        _put_word(code, at, value)
    return code


def _dsp(mark: bytes, length: int) -> bytes:
    section = bytearray((NOTE * (length // len(NOTE) + 1))[:length])
    section[: len(mark)] = mark
    _put_word(section, len(mark) + 4, length)
    _put_word(section, len(mark), image_7940.dsp_checksum(bytes(section), len(mark)))
    return bytes(section)


def _put_word(data: bytearray, at: int, value: int) -> None:
    data[at : at + 4] = value.to_bytes(4, "little")


def _header_length(name: str) -> int:
    return signed_image.sign(name, b"").header_length
