"""The synthetic packages have the sizes, and follow the rules, of P-LOAD-10."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.emulator.firmware import (
    NOTE,
    loader_version_of,
    make_package,
    make_sccp_package,
    make_sip_package,
    signed,
    write_package,
)
from ringup.emulator.image_check import CheckedImage, image_of, payload_of
from ringup.emulator.signers import CISCO_SCCP, CISCO_SIP, TEST_SIGNER, trusted_keys
from ringup.errors import WireError
from ringup.wire import loads, signed_image

PACKAGE_8_12 = make_sip_package()
KEYS = (TEST_SIGNER,)


@pytest.mark.parametrize(
    ("package", "sizes"),
    [
        (
            PACKAGE_8_12,
            {
                "P0S3-8-12-00.loads": 458,
                "P0S3-8-12-00.sb2": 756_524,
                "P003-8-12-00.sbn": 130_956,
                "P003-8-12-00.bin": 130_552,
                "OS79XX.TXT": 14,
            },
        ),
        (
            make_sip_package("P0S3-08-3-00", "P003-08-3-00"),
            {
                "P0S3-08-3-00.loads": 458,
                "P0S3-08-3-00.sb2": 748_980,
                "P003-08-3-00.sbn": 130_256,
                "P003-08-3-00.bin": 129_852,
                "OS79XX.TXT": 15,
            },
        ),
        (
            make_sccp_package(),
            {
                "P00307020300.loads": 461,
                "P00307020300.sb2": 681_290,
                "P00307020300.sbn": 129_400,
                "P00307020300.bin": 128_996,
            },
        ),
    ],
)
def test_the_files_have_exactly_the_sizes_of_the_real_packages(
    package: dict[str, bytes], sizes: dict[str, int]
) -> None:
    assert {name: len(data) for name, data in package.items()} == sizes


def test_another_version_has_the_sizes_of_the_nearest_one() -> None:
    assert len(make_sip_package("P0S3-08-11-00", "P003-08-11-00")["P0S3-08-11-00.sb2"]) == 756_524
    assert len(make_sip_package("P0S3-07-4-00", "P003-07-4-00")["P0S3-07-4-00.sb2"]) == 689_682
    assert len(make_sccp_package("P00308010200")["P00308010200.sb2"]) == 708_460


def test_the_loader_names_its_stem_version_and_compressed_body_where_the_real_ones_do() -> None:
    payload = PACKAGE_8_12["P003-8-12-00.bin"]
    assert all(payload[at] == 0xEA for at in range(3, 0x20, 4))
    assert payload[0x20:].startswith(b"P003-8-12-00\0")
    assert payload[0x120:].startswith(b"PAS30830")
    assert payload[0x13C:0x13E] == b"\x1f\x9d"


def test_the_application_is_marked_as_one() -> None:
    payload = signed_image.parse(PACKAGE_8_12["P0S3-8-12-00.sb2"]).payload
    assert payload[0x20:].startswith(b"P0S3-8-12-00\0")
    assert payload[0x120:].startswith(b"PAS3ARM1")


def test_the_unsigned_loader_is_the_payload_of_the_signed_one() -> None:
    assert PACKAGE_8_12["P003-8-12-00.sbn"][404:] == PACKAGE_8_12["P003-8-12-00.bin"]


def test_the_loads_list_names_files_of_the_package() -> None:
    container = signed_image.parse(PACKAGE_8_12["P0S3-8-12-00.loads"])
    named = loads.parse(container.payload)
    assert container.name == "P0S3-8-12-00.loads"
    assert named.loader in PACKAGE_8_12
    assert named.application in PACKAGE_8_12
    assert image_of(named.loader, PACKAGE_8_12[named.loader], KEYS).mark == named.loader_version


def test_the_pointer_names_the_loader_without_a_trailing_blank() -> None:
    assert PACKAGE_8_12["OS79XX.TXT"] == b"P003-8-12-00\r\n"


def test_every_image_says_that_it_is_not_ciscos() -> None:
    assert NOTE in PACKAGE_8_12["P0S3-8-12-00.sb2"]
    assert NOTE in PACKAGE_8_12["P003-8-12-00.sbn"]


def test_the_phone_reads_stem_and_version_of_what_it_fetched() -> None:
    found = image_of("P003-8-12-00.sbn", PACKAGE_8_12["P003-8-12-00.sbn"], KEYS)
    assert found == CheckedImage("P003-8-12-00", loader_version_of("P003-8-12-00"))


def test_a_renamed_image_is_refused() -> None:
    with pytest.raises(WireError, match=r"wrong file name 'P0S3-8-12-00\.sb2'"):
        image_of("P0S3-08-12-00.sb2", PACKAGE_8_12["P0S3-8-12-00.sb2"], KEYS)


def test_an_image_with_another_name_inside_is_refused() -> None:
    inside = signed_image.parse(PACKAGE_8_12["P0S3-8-12-00.sb2"]).payload
    data = signed("P0S3-8-13-00.sb2", inside)
    with pytest.raises(WireError, match="calls itself 'P0S3-8-12-00'"):
        image_of("P0S3-8-13-00.sb2", data, KEYS)


def test_a_signed_text_is_no_image() -> None:
    with pytest.raises(WireError, match="ARM"):
        image_of("a.sb2", signed("a.sb2", NOTE * 20), KEYS)


@pytest.mark.parametrize("length", [0, 1, 403, 404, 404 + 0x13B])
def test_an_image_cut_short_is_refused(length: int) -> None:
    with pytest.raises(WireError):
        image_of("P0S3-8-12-00.sb2", PACKAGE_8_12["P0S3-8-12-00.sb2"][:length], KEYS)


@pytest.mark.thorough
@given(st.binary(max_size=400))
def test_any_payload_is_an_image_or_a_wire_error(payload: bytes) -> None:
    with suppress(WireError):
        image_of("a.sb2", signed("a.sb2", payload), KEYS)


def test_a_package_is_written_file_by_file(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "firmware"
    write_package(folder, PACKAGE_8_12)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == PACKAGE_8_12


def test_a_name_in_no_known_form_still_makes_a_package() -> None:
    package = make_package("TEST", "TESTLOADER", "PAS3TEST")
    assert image_of("TESTLOADER.sbn", package["TESTLOADER.sbn"], KEYS).mark == "PAS3TEST"


def test_the_phone_takes_a_name_in_another_case_but_not_another_length() -> None:
    data = PACKAGE_8_12["P0S3-8-12-00.sb2"]
    assert image_of("p0s3-8-12-00.SB2", data, KEYS).stem == "P0S3-8-12-00"
    with pytest.raises(WireError, match="wrong file name"):
        image_of("P0S3-8-12-0.sb2", data, KEYS)


@pytest.mark.parametrize("at", [2, 12, 60, 100, 123, 130, 380, 382, 390, 404, 500, 100_000])
def test_a_changed_bit_anywhere_is_refused(at: int) -> None:
    data = bytearray(PACKAGE_8_12["P003-8-12-00.sbn"])
    data[at] ^= 1
    with pytest.raises(WireError):
        payload_of("P003-8-12-00.sbn", bytes(data), KEYS)


def test_a_phone_takes_synthetic_firmware_only_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    data = PACKAGE_8_12["P0S3-8-12-00.sb2"]
    monkeypatch.delenv("RINGUP_ACCEPT_TEST_SIGNER")
    with pytest.raises(WireError, match="signature is wrong"):
        image_of("P0S3-8-12-00.sb2", data, trusted_keys("P003-8-12-00"))
    monkeypatch.setenv("RINGUP_ACCEPT_TEST_SIGNER", "1")
    assert image_of("P0S3-8-12-00.sb2", data, trusted_keys("P003-8-12-00")).mark == "PAS3ARM1"


def test_the_loader_of_7_5_holds_the_sip_key_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RINGUP_ACCEPT_TEST_SIGNER")
    assert trusted_keys("P003-07-5-00") == (CISCO_SIP,)
    assert trusted_keys("P003-8-12-00") == (CISCO_SIP, CISCO_SCCP)
