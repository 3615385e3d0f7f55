"""The byte tables of the reference page: maker, readers and page say the same."""

import re
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
"""Read off Cisco's own files; a change here is a change of the facts."""


def test_the_page_has_the_measured_values() -> None:
    assert set(ROWS) == set(GENUINE)
    for name, (mark, payload, plain, flags, compressed, dsp) in GENUINE.items():
        row = ROWS[name]
        assert row[0] == mark
        assert [int(row[at], 16) for at in (1, 3, 4, 6, 8)] == [payload, plain, flags, compressed, dsp]


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
