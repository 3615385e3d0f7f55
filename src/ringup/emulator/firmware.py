"""Synthetic firmware packages: files with the shape of Cisco's and none of their content.

Every size, header and fixed string a phone or a validator looks at is where the real files have it (fact
sheet §2.2, §2.3); the rest is a note that says so. `image_of` is the phone's own check of a fetched file.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ringup.errors import WireError
from ringup.wire import loads, signed_image

NOTE = b"synthetic image made by ringup, not Cisco firmware\n"

ARM_BRANCH = bytes.fromhex("060000ea")
"""One little-endian ARM branch; the real images begin with eight words of the form ``xx xx xx ea``."""
NAME_OFFSET = 0x20
VERSION_OFFSET = 0x120
COMPRESSED_OFFSET = 0x13C
COMPRESS_MAGIC = bytes.fromhex("1f9d")
APPLICATION_MARK = "PAS3ARM1"


@dataclass(frozen=True, slots=True)
class PackageSizes:
    """The sizes in bytes of one real package's files, and how its text files end their lines."""

    protocol: str
    version: tuple[int, int]
    application: int
    loader: int
    loads_line_end: str
    pointer_line_end: str | None
    """The line end of OS79XX.TXT; None for packages without that file."""


PACKAGES = (
    # SEED. OS79XX.TXT has 15 bytes for a name of 12; which three follow was not recorded [I].
    PackageSizes("SIP", (8, 3), 748_980, 130_256, "\n", "\r\n\n"),
    # JH.
    PackageSizes("SIP", (8, 12), 756_524, 130_956, "\n", "\r\n"),
    # CME-INST. The .loads file has 461 bytes, the length with CRLF.
    PackageSizes("SCCP", (7, 2), 681_290, 129_400, "\r\n", None),
)

_SCCP_NAME = re.compile(r"P003(\d\d)(\d\d)\d{4}")
_SIP_NAME = re.compile(r"P0[S0]3-(\d+)-(\d+)-\d+")


def make_sip_package(
    load: str = "P0S3-8-12-00", loader: str = "P003-8-12-00", loader_version: str = ""
) -> dict[str, bytes]:
    """The files of a SIP load by name; by default with the sizes of SIP 8.12."""
    return make_package(load, loader, loader_version or loader_version_of(loader))


def make_sccp_package(load: str = "P00307020300", loader_version: str = "") -> dict[str, bytes]:
    """The files of an SCCP load by name; application and loader share the stem (§2.2)."""
    return make_package(load, load, loader_version or loader_version_of(load))


def make_package(load: str, loader: str, loader_version: str) -> dict[str, bytes]:
    """The files of any load by name, with the sizes of the nearest package that was measured."""
    sizes = _nearest(load)
    loads_list = loads.LoadsList(f"{loader}.sbn", f"{load}.sb2", loader_version)
    files = {
        f"{load}.loads": _signed(f"{load}.loads", loads.build(loads_list, sizes.loads_line_end)),
        f"{load}.sb2": _sized(f"{load}.sb2", APPLICATION_MARK, sizes.application),
        f"{loader}.sbn": _sized(f"{loader}.sbn", loader_version, sizes.loader),
    }
    files[f"{loader}.bin"] = signed_image.parse(files[f"{loader}.sbn"]).payload
    if sizes.pointer_line_end is not None:
        files["OS79XX.TXT"] = (loader + sizes.pointer_line_end).encode("ascii")
    return files


def write_package(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put a package's files into a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)


def loader_version_of(loader: str) -> str:
    """An LA_VERSION in the shape of Cisco's (``PAS3`` and four more characters).

    [I] Only the shape is known: which of Cisco's loaders carries which value was not recorded.
    """
    version = _version(loader)
    return f"PAS3{version[0]:02}{version[1]:02}"


@dataclass(frozen=True, slots=True)
class Image:
    """What a phone finds in a firmware file it has fetched."""

    stem: str
    """The image name inside the payload."""
    mark: str
    """A loader's version; ``PAS3ARM1`` for an application."""


def image_of(name: str, data: bytes) -> Image:
    """Check a fetched `.sbn` or `.sb2` as §2.3 says real files hold; raises WireError for any other."""
    container = signed_image.parse(data)
    if container.name != name:
        raise WireError(f"the file is signed as {container.name!r}, not as {name!r}", container.header_length)
    payload = container.payload
    if len(payload) < COMPRESSED_OFFSET or any(
        payload[at] != ARM_BRANCH[3] for at in range(3, NAME_OFFSET, 4)
    ):
        raise WireError("the payload does not begin with ARM branches", container.header_length)
    image = Image(_text_at(payload, NAME_OFFSET), _text_at(payload, VERSION_OFFSET))
    if image.stem != name.rpartition(".")[0]:
        raise WireError(f"the image calls itself {image.stem!r}", container.header_length + NAME_OFFSET)
    return image


def _text_at(payload: bytes, offset: int) -> str:
    return payload[offset : offset + 16].partition(b"\0")[0].decode("latin-1")


def _nearest(load: str) -> PackageSizes:
    version = _version(load)
    protocol = "SIP" if load[2:3] == "S" else "SCCP"

    def distance(sizes: PackageSizes) -> tuple[int, int]:
        return abs(sizes.version[0] - version[0]), abs(sizes.version[1] - version[1])

    return min((sizes for sizes in PACKAGES if sizes.protocol == protocol), key=distance)


def _version(name: str) -> tuple[int, int]:
    match = _SCCP_NAME.match(name) or _SIP_NAME.match(name)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _signed(name: str, payload: bytes) -> bytes:
    signature = (NOTE * 6)[: signed_image.SIGNATURE_LENGTH]
    return signed_image.build(signed_image.sign(name, payload, signature))


def _sized(name: str, mark: str, size: int) -> bytes:
    """A signed image of exactly `size` bytes."""
    header_length = signed_image.sign(name, b"").header_length
    body = bytearray(ARM_BRANCH * 8)
    body += name.rpartition(".")[0].encode("ascii")
    body += bytes(VERSION_OFFSET - len(body))
    body += mark.encode("ascii")
    body += bytes(COMPRESSED_OFFSET - len(body))
    if mark != APPLICATION_MARK:
        body += COMPRESS_MAGIC
    missing = size - header_length - len(body)
    body += (NOTE * (missing // len(NOTE) + 1))[:missing]
    return _signed(name, bytes(body))
