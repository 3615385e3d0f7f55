"""Tones are heard and the logo is seen as on the phone; the directory is searched; checks run as jobs."""

import io
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from starlette.testclient import TestClient

from ringup.media.own_tones import own_tone
from ringup.media.wav import wav_of
from ringup.web.context import Web
from tests.cli.fleet import fill
from tests.web.asking import CSRF, browser, web_of

SENT = {"csrf": CSRF}


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of(tmp_path) as made:
        fill(made.engine)
        made.follower.read_once()
        yield made


@pytest.fixture
def client(web: Web) -> TestClient:
    return browser(web, "operator")


def picture() -> bytes:
    written = io.BytesIO()
    Image.new("L", (200, 120), 90).save(written, "PNG")
    return written.getvalue()


@pytest.mark.thorough
def test_a_tone_is_made_heard_and_removed(client: TestClient) -> None:
    file = {"file": ("bell.wav", wav_of(own_tone("Bell")))}
    done = client.post("/rings", data=SENT | {"name": "Front door"}, files=file)
    assert done.status_code == 303, done.text
    sound = client.get("/rings/Front door/sound.wav")
    with wave.open(io.BytesIO(sound.content)) as heard:
        assert (heard.getframerate(), heard.getnchannels()) == (8000, 1)
    assert client.post("/rings/Front door/remove", data=SENT).status_code == 303
    assert client.get("/rings/Front door/sound.wav").status_code == 404
    bad = client.post("/rings", data=SENT, files={"file": ("x.wav", b"junk")})
    assert bad.status_code == 422
    assert "x.wav" in bad.text


@pytest.mark.thorough
def test_a_logo_is_made_seen_and_cleared(client: TestClient) -> None:
    done = client.post("/logo", data=SENT, files={"file": ("company.png", picture())})
    assert done.status_code == 303, done.text
    seen = Image.open(io.BytesIO(client.get("/logo.png").content))
    assert (seen.width * 56, len(seen.convert("L").getcolors() or ()) <= 4) == (seen.height * 90, True)
    assert client.post("/logo/clear", data=SENT).status_code == 303
    assert client.get("/logo.png").status_code == 404
    assert client.post("/logo", data=SENT).status_code == 422


def test_the_directory_is_searched_by_letters_and_by_keys(client: TestClient) -> None:
    for text in ("anna", "2662"):
        found = client.get(f"/directory.json?find={text}").json()["found"]
        assert {"name": "Anna Alt", "number": "1600"} in found
    assert "Nobody was found" in client.get("/directory?find=zzzz").text


def test_checks_and_rehearsals_are_jobs_with_the_commands_output(
    client: TestClient, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []

    def run(_ask: object, words: list[str], _who: str) -> tuple[int, str]:
        ran.append(list(words))
        return len(ran) - 1, "a line\nanother line"

    monkeypatch.setattr("ringup.web.views.checking.run_command", run)
    assert client.post("/check", data=SENT).headers["location"] == "/jobs/1"
    form = SENT | {"power_cut": "yes", "phones": "20"}
    client.post("/rehearse", data=form, files={"file": ("site.yaml", b"site: {}")})
    web.jobs.wait()
    assert ran[0][:1] == ["check"]
    assert ran[1][:5] == ["rehearse", "--power-cut", "--phones", "20", "--change"]
    assert [job.state for job in web.jobs.all()] == ["failed", "done"]
    assert "another line" in client.get("/jobs/1").text
