"""The web process as `ringup serve` starts it."""

import asyncio
import json
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from ringup.serve import web_process
from ringup.serve.options import Options
from ringup.serve.web_process import WebProcess, command


@pytest.mark.thorough
def test_it_prints_the_first_link_serves_it_and_ends_with_its_parent(tmp_path: Path) -> None:
    options = Options("lo", str(tmp_path / "ringup.db"), tmp_path / "firmware", web="127.0.0.1:0")
    with subprocess.Popen(
        command(options), stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:  # fmt: skip
        assert process.stderr is not None
        assert process.stdin is not None
        link = said = ""
        while not link:
            line = process.stderr.readline()
            assert line, f"the process ended before it printed the link: {said}"
            said += line
            link = (re.findall(r"http://127\.0\.0\.1:\d+/first/\S+", line) or [""])[0]
        as_browser = urllib.request.Request(link, headers={"accept": "text/html"})
        assert "Make the account" in urllib.request.urlopen(as_browser, timeout=10).read().decode()
        port = link.split("/")[2]
        health = urllib.request.urlopen(f"http://{port}/healthz", timeout=10)
        assert json.load(health) == {"status": "ok"}
        process.stdin.close()
        assert process.wait(10) == 0


def test_it_is_started_again_and_stopped_with_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int] = []
    twice = asyncio.Event()

    def counted(_options: Options) -> list[str]:
        started.append(len(started))
        if len(started) == 2:
            twice.set()
        return [sys.executable, "-c", "" if len(started) == 1 else "import sys; sys.stdin.read()"]

    monkeypatch.setattr(web_process, "command", counted)
    monkeypatch.setattr(web_process, "FIRST_WAIT", 0.0)
    process = WebProcess(Options("lo", str(tmp_path / "ringup.db"), tmp_path))

    async def life() -> int | None:
        running = asyncio.create_task(process.run())
        await asyncio.wait_for(twice.wait(), 20)
        await asyncio.sleep(0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return process._process.returncode if process._process else 0

    assert asyncio.run(life()) is not None
    assert len(started) == 2
