"""A line moves to another phone and back by the Services button; both phones restart each time."""

from pathlib import Path

import pytest

from tests.end_to_end.demo_runs import run_script

pytestmark = pytest.mark.end_to_end


@pytest.mark.parametrize(("release", "driver"), [("22", "pjsip"), ("16", "chan_sip")])
def test_a_line_goes_to_another_phone_and_back(release: str, driver: str) -> None:
    told = run_script(Path(__file__).with_name("hot_desk.py"), release, release, driver)

    assert told["reason"] == ""
    wrong, moving, moved, menu, back = told["pages"]
    assert "PIN is wrong" in wrong["text"]
    assert moving["text"] == "201 moves.\nLarry: restarts\nAda: restarts"
    assert moved["text"] == "201 has moved.\nLarry: restarted\nAda: restarted"
    assert [name for name, _url in menu["entries"]] == ["Bring my line here", "Send 201 back"]
    assert back["text"] == "201 has moved.\nAda: restarted\nLarry: restarted"
    assert told["lines"] == [[1], [1, 2], [1], [1]]
    assert told["history"] == ["move line 201 to phone 001646C0FFEE", "move line 201 to phone 001646000000"]
