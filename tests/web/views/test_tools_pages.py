"""Firmware, rollouts, the dial plan and the diagnosis of other servers' files in the browser."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from ringup.emulator.firmware import write_package
from ringup.rollout.record import Rollout, RolloutPhone
from ringup.store.rollouts import latest_rollout
from ringup.web.context import Web
from ringup.web.views import firmware
from tests.cli.fleet import ANNA, fill
from tests.firmware.damaged import sip
from tests.web.asking import CSRF, browser, web_of

SENT = {"csrf": CSRF}
LOG = Path(__file__).parents[2] / "evidence" / "recorded" / "dnsmasq.txt"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of(tmp_path) as made:
        fill(made.engine)
        made.follower.read_once()
        yield made


@pytest.fixture
def client(web: Web) -> TestClient:
    return browser(web, "operator")


def zipped(folder: Path, *, damaged: bool = False) -> bytes:
    """Return a synthetic package as a ZIP file."""
    write_package(folder, sip())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in folder.iterdir():
            data = path.read_bytes()
            archive.writestr(path.name, data[:-9] if damaged and path.suffix == ".sb2" else data)
    return packed.getvalue()


def test_a_package_is_checked_before_it_is_added(client: TestClient, web: Web, tmp_path: Path) -> None:
    assert "missing" in client.get("/firmware").text
    bad = {"file": ("bad.zip", zipped(tmp_path / "bad", damaged=True))}
    assert client.post("/firmware", data=SENT, files=bad).status_code == 422
    assert not list(web.options.firmware.glob("*.sb2"))
    good = {"file": ("good.zip", zipped(tmp_path / "good"))}
    assert client.post("/firmware", data=SENT, files=good).status_code == 303
    rows = client.get("/firmware.json").json()["rows"]
    assert [row["usable"] for row in rows] == ["complete"]
    assert client.post("/firmware", data=SENT, files={"file": ("x.zip", b"junk")}).status_code == 422
    assert client.post("/firmware", data=SENT).status_code == 422


def test_a_rollout_that_no_phone_can_take_says_why_for_each(client: TestClient, web: Web) -> None:
    write_package(web.options.firmware, sip())
    refused = client.post("/rollout/start", data=SENT | {"load": "P0S3-8-12-00"})
    assert refused.status_code == 422
    assert "it runs P0S3-8-12-00 already" in refused.text
    assert latest_rollout(web.engine) is None


def test_a_rollout_is_planned_begun_and_paused(
    client: TestClient, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = Rollout(
        "P0S3-8-12-00", (RolloutPhone(ANNA, 1, ("P0S3-8-12-00",), "P0S3-8-11-00"),), scope="site"
    )
    monkeypatch.setattr(firmware, "plan_rollout", lambda *_: planned)
    form = SENT | {"load": "P0S3-8-12-00"}
    plan = client.post("/rollout/start", data=form)
    assert "P0S3-8-11-00 → P0S3-8-12-00" in plan.text
    assert latest_rollout(web.engine) is None
    assert client.post("/rollout/start", data=form | {"approved": "yes"}).status_code == 303
    begun = latest_rollout(web.engine)
    assert begun is not None
    assert begun.author == "operator"
    assert client.post("/rollout", data=SENT | {"order": "pause"}).status_code == 303
    assert "paused" in client.get("/rollout").text
    assert client.post("/rollout", data=SENT | {"order": "fly"}).status_code == 422
    assert client.post("/rollout/back", data=SENT).status_code == 409


def test_an_upgrade_path_is_drawn_hop_by_hop(client: TestClient) -> None:
    found = client.get("/firmware/path.json?from=sip 4.4&to=sip 8.12").json()
    assert len(found["hops"]) >= 1
    assert client.get("/firmware/path.json?from=nonsense&to=sip 8.12").json()["reason"] != ""


def test_a_number_is_dialled_digit_by_digit(client: TestClient) -> None:
    page = client.get("/dial-plan?keys=1600").text
    assert "<strong>1600" in page
    assert "fires" in page
    assert client.get("/dial-plan?keys=<b>").status_code == 422


def test_a_foreign_log_is_read_and_not_kept(client: TestClient, web: Web) -> None:
    files = {"file": ("dnsmasq.txt", LOG.read_bytes())}
    before = sorted(web.options.firmware.parent.rglob("*"))
    found = client.post("/why.json", data=SENT, files=files).json()
    assert found["phones"]
    assert sorted(web.options.firmware.parent.rglob("*")) == before
    assert client.post("/why", data=SENT).status_code == 422
