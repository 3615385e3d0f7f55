"""What is logged about a site when the server starts."""

import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ringup.firmware.folder import FirmwareFolder
from ringup.serve.log import log
from ringup.serve.site_problems import log_problems
from ringup.site.model import Ring, Site
from tests.site.test_clock_watch import day, use_zone, zone_file

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC).timestamp()


class Kept(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.getMessage()}")


@pytest.fixture(name="kept")
def _kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    handler = Kept()
    monkeypatch.setattr(log, "handlers", [handler])
    return handler


def test_a_bad_ring_tone_and_a_zone_that_leaves_its_rule_are_logged(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ramadan = [day(2, 15), day(3, 22)]
    use_zone(monkeypatch, zone_file(ramadan, 60, 0, "<+01>-1"), "<+01>-1")
    (tmp_path / "owl.pcm").write_bytes(bytes(100))
    site = Site(time_zone="Africa/Casablanca", rings=(Ring(name="Owl", file="owl.pcm"),))
    log_problems(site, (None, FirmwareFolder(tmp_path)), NEW_YEAR)
    assert len(kept.lines) == 2
    assert kept.lines[0].startswith(f"WARNING {tmp_path}/owl.pcm: has 100 bytes; a ring tone has 240")
    assert kept.lines[1].startswith("WARNING site time_zone: Africa/Casablanca leaves its rule")


def test_a_good_site_is_nothing_to_talk_about(kept: Kept) -> None:
    log_problems(Site(), (None,), NEW_YEAR)
    assert kept.lines == []


def test_a_logo_without_its_file_is_logged(kept: Kept, tmp_path: Path) -> None:
    log_problems(Site(logo="logo.bmp"), (FirmwareFolder(tmp_path),), NEW_YEAR)
    assert [line.partition(" missing")[0] for line in kept.lines] == ["WARNING logo: its file logo.bmp is"]
