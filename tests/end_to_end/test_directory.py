"""The Directory button on a software phone: search with the keypad, and call the person found."""

from pathlib import Path

import pytest

from tests.end_to_end.demo_runs import run_script

pytestmark = pytest.mark.end_to_end


@pytest.mark.parametrize(("release", "driver"), [("22", "pjsip"), ("16", "chan_sip")])
def test_a_phone_finds_another_by_its_keys_and_calls_it(release: str, driver: str) -> None:
    told = run_script(Path(__file__).with_name("press_directory.py"), release, release, driver)

    assert told["reason"] == ""
    menu, form, found, services = told["pages"]
    assert [name for name, _url in menu["entries"]] == ["Search", "All names"]
    assert form["fields"] == ["name_or_keys"]
    assert found["entries"] == [["Ada Lovelace", "202"]]
    assert told["with"] == "201"
    assert services["entries"][0][0] == "Directory"
