"""`ringup kea` shows a plan, changes a running Kea, and takes its change back."""

from copy import deepcopy
from pathlib import Path

import pytest

from ringup.cli import approval
from tests.cli.terminal import Ringup
from tests.kea.fake_kea import fake_kea
from tests.kea.test_drive import CONFIG


def test_a_plan_a_change_and_its_removal(ringup: Ringup, tmp_path: Path) -> None:
    assert ringup("phone", "add", "001646C0FFEE", "--extension", "201", "--address", "10.77.0.50").status == 0
    with fake_kea(tmp_path, deepcopy(CONFIG)) as kea:
        words = ("--socket", kea.path)
        planned = ringup("kea", "plan", "--server", "10.77.0.9", *words)
        assert planned.status == 1
        assert "+ reservation of 10.77.0.50 for 00:16:46:c0:ff:ee" in planned.out
        unasked = ringup("kea", "apply", "--server", "10.77.0.9", *words)
        assert unasked.status == 3
        assert "add --yes" in unasked.err
        assert kea.config == CONFIG
        done = ringup("kea", "apply", "--server", "10.77.0.9", "--yes", *words)
        assert done.status == 0, done.err
        assert "Kea wrote it to /etc/kea/kea-dhcp4.conf." in done.out
        again = ringup("kea", "plan", "--server", "10.77.0.9", *words)
        assert (again.status, again.out) == (0, "Kea has everything that the site needs.\n")
        assert ringup("kea", "remove", "--yes", *words).status == 0
        assert ringup("kea", "remove", "--yes", *words).out == "Nothing to change.\n"
        assert kea.config["client-classes"] == CONFIG["client-classes"]


def test_the_server_must_be_known(ringup: Ringup, tmp_path: Path) -> None:
    said = ringup("kea", "plan", "--socket", str(tmp_path / "none"))
    assert said.status == 2
    assert "The site has no server_address" in said.err


@pytest.mark.parametrize(("answer", "status"), [("y\n", 0), ("n\n", 3)])
def test_at_a_terminal_it_asks(
    ringup: Ringup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, status: int
) -> None:
    monkeypatch.setattr(approval, "is_terminal", lambda: True)
    with fake_kea(tmp_path, deepcopy(CONFIG)) as kea:
        said = ringup("kea", "apply", "--server", "10.77.0.9", "--socket", kea.path, typed=answer)
        assert said.status == status
        assert ("config-set" in kea.commands) is (status == 0)
