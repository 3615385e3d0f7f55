"""The byte tables of the reference page agree with the code that makes and reads the containers."""

import re
import struct
from pathlib import Path

import pytest

from ringup.emulator.firmware import PACKAGES, make_package
from ringup.emulator.image_check import image_of
from ringup.emulator.signers import TEST_SIGNER
from ringup.wire import image_7940, signed_image

PAGE = (Path(__file__).parents[2] / "docs/reference/firmware-container.md").read_text(encoding="utf-8")
ROWS = {
    cells[0]: cells[1:]
    for line in PAGE.splitlines()
    if (cells := [cell.strip() for cell in line.strip("|").split("|")]) and cells[0].startswith("P0")
}
"""The measured images: mark, payload, checksum, lengths, flags and DSP section of each."""

GENUINE = {
    "P003-07-5-00.sbn": ("PAS3X060", 0x1F778, 0x237AE, 0x80000001, 0x1F758, 0x20),
    "P003-8-12-00.sbn": ("PAS30830", 0x1FDF8, 0x23D4A, 0x80000001, 0x1FDD8, 0x20),
    "P0S3-07-5-00.sb2": ("PAS3ARM1", 0xA847E, 0x912DC, 0, 0, 0x171A2),
    "P0S3-08-4-00.sb2": ("PAS3ARM1", 0xB79E8, 0xA0664, 0, 0, 0x17384),
    "P0S3-8-12-00.sb2": ("PAS3ARM1", 0xB8998, 0xA1624, 0, 0, 0x17374),
    "P0030801SR02.sb2": ("PA03Z031", 0xACDD8, 0x95A64, 0, 0, 0x17374),
}
CHECKSUMS = {
    "P003-07-5-00.sbn": (0x9A8D, 0xBE53, 0x6145),
    "P003-8-12-00.sbn": (0xA7C0, 0x4B19, 0x6145),
    "P0S3-07-5-00.sb2": (0x03A7, 0, 0x59AB),
    "P0S3-08-4-00.sb2": (0x3D1F, 0, 0x7631),
    "P0S3-8-12-00.sb2": (0xFD8C, 0, 0x84E6),
    "P0030801SR02.sb2": (0x6DE5, 0, 0x84E6),
}
"""Checksums of the plain image, the compressed image and the DSP section.

Both tables were read from Cisco's own files; a change here would be a change of the facts.
"""

DSP_OF_EVERY_LOADER = bytes.fromhex("5053303341413030 45610000 20000000".replace(" ", "")) + bytes(16)
"""A complete section of a genuine loader: its mark, its checksum, its length, and no further bytes."""


def test_the_page_has_the_measured_values() -> None:
    assert set(ROWS) == set(GENUINE) == set(CHECKSUMS)
    for name, (mark, payload, plain, flags, compressed, dsp) in GENUINE.items():
        row = ROWS[name]
        assert row[0] == mark
        assert [int(row[at], 16) for at in (1, 3, 4, 6, 8)] == [payload, plain, flags, compressed, dsp]
        assert tuple(int(row[at], 16) for at in (2, 5, 7)) == CHECKSUMS[name]


def summed_as_the_page_says(data: bytes, *zeros: tuple[int, int]) -> int:
    """Return the checksum, computed byte by byte without the code that makes or reads containers."""
    total = 0x5555
    for at, byte in enumerate(data):
        value = 0 if any(start <= at <= last for start, last in zeros) else byte
        total += (value * 0x101) ^ (at & 0xFFF)
        total = (total & 0xFFFF) + (total >> 16)
    return total


def test_the_checksum_is_that_of_a_genuine_section() -> None:
    stored = int.from_bytes(DSP_OF_EVERY_LOADER[8:12], "little")
    assert stored == 0x6145
    assert image_7940.dsp_checksum(DSP_OF_EVERY_LOADER, 8) == stored
    assert summed_as_the_page_says(DSP_OF_EVERY_LOADER, (8, 11)) == stored


def test_maker_and_reader_leave_out_of_the_checksum_what_the_page_says() -> None:
    made = make_package("P0S3-8-12-00", "P003-8-12-00", "PAS30830")
    loader = made["P003-8-12-00.bin"]
    application = signed_image.parse(made["P0S3-8-12-00.sb2"]).payload
    for image, end, stored_at in ((loader, 0x1FDD8, 0x134), (application, 0xA1624, 0x128)):
        stored = int.from_bytes(image[stored_at : stored_at + 4], "little")
        zeros = (0x20, 0x11F), (stored_at, stored_at + 3)
        assert summed_as_the_page_says(image[:end], *zeros) == stored
        assert image_7940.image_checksum(image[:end], stored_at) == stored


@pytest.mark.parametrize("name", GENUINE)
def test_maker_and_reader_have_the_fields_at_the_offsets_of_the_page(name: str) -> None:
    load = name.rpartition(".")[0].replace("P003-", "P0S3-")
    loader = load if load.startswith("P0030") else load.replace("P0S3", "P003")
    mark, length, plain, flags, compressed, dsp = GENUINE[name]
    payload = signed_image.parse(make_package(load, loader, mark)[name]).payload
    words = struct.unpack_from("<4I", payload, 0x12C)
    assert payload[0x20:0x34].rstrip(b"\0").decode() == name.rpartition(".")[0]
    assert payload[0x120:0x128].decode() == mark
    assert payload[0x118:0x120] == bytes((3, 0, 0, 0, 0, 0, 0, 0))
    if name.startswith("P003-"):
        # Every synthetic loader states the plain length of 8.12, because its body cannot be unpacked.
        assert (words[1], words[3]) == (flags, compressed)
    else:
        assert (words[0], words[1], words[3]) == (plain, flags, compressed)
    assert len(payload) == length == (compressed or plain) + dsp


@pytest.mark.parametrize("name", [name for name in GENUINE if name.endswith(".sb2")])
def test_a_synthetic_application_has_the_genuine_fields(name: str) -> None:
    load = name.removesuffix(".sb2")
    loader = load if load.startswith("P0030") else load.replace("P0S3", "P003")
    data = make_package(load, loader, "PAS30830")[name]
    payload = signed_image.parse(data).payload
    image = image_7940.parse(payload)
    mark, length, plain, flags, compressed, _ = GENUINE[name]
    found = (image.mark, len(payload), image.plain_length, image.flags, image.compressed_length)
    assert found == (mark, length, plain, flags, compressed)
    assert list(image_7940.faults(payload, image)) == []
    assert image_of(name, data, (TEST_SIGNER,)).mark == mark


def test_a_synthetic_loader_of_8_12_has_the_genuine_fields() -> None:
    data = make_package("P0S3-8-12-00", "P003-8-12-00", "PAS30830")["P003-8-12-00.sbn"]
    payload = signed_image.parse(data).payload
    image = image_7940.parse(payload)
    found = (image.mark, len(payload), image.plain_length, image.flags, image.compressed_length)
    assert found == GENUINE["P003-8-12-00.sbn"][:5]
    assert payload[0x128:0x12C] != b"PAS3", "the mark has no NUL: the checksum follows it"
    assert list(image_7940.faults(payload, image)) == []


def test_every_row_of_the_maker_has_lengths_that_add_up() -> None:
    for sizes in PACKAGES:
        stem = "P0S3" if sizes.protocol == "SIP" else "P003"
        load = f"{stem}-{sizes.version[0]:02}-{sizes.version[1]}-00"
        made = make_package(load, load.replace("P0S3", "P003"), sizes.loader_mark)
        for name, data in made.items():
            if re.search(r"\.sb[2n]$", name):
                payload = signed_image.parse(data).payload
                assert list(image_7940.faults(payload, image_7940.parse(payload))) == []
