"""The demo's options are checked before anything is built."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ringup.cli.main import cli
from ringup.demo.evidence import FAULT_STEPS
from ringup.demo.faults import FAULTS, TOO_LONG_SECRET
from ringup.demo.plan import OWNERS, DemoPlan, site_of
from ringup.demo.steps import STEPS
from ringup.site.secret_faults import LONGEST_SECRET


def demo(*flags: str) -> Result:
    return CliRunner().invoke(cli, ["demo", *flags])


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--asterisk", "22", "--driver", "chan_sip"], "Asterisk 22 has no chan_sip. Use --asterisk 16"),
        (["--fault", "no-such"], "There is no fault 'no-such'. Choose from force-rport,"),
        (["--fault", "nat-comedia"], "The fault nat-comedia needs chan_sip. Use --driver chan_sip."),
        (["--asterisk", "13"], "Invalid value for '--asterisk'"),
        (["--speed", "0"], "Invalid value for '--speed'"),
    ],
)
def test_flags_that_do_not_fit_are_refused_with_what_would(flags: list[str], said: str) -> None:
    result = demo(*flags)
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())


def test_the_faults_are_listed_with_what_is_wrong_and_how_it_looks() -> None:
    result = demo("--faults")
    assert result.exit_code == 0
    for name, fault in FAULTS.items():
        assert name in result.output
        assert fault.title in result.output
        assert fault.shows in result.output


def test_every_fault_has_a_road_that_ends_with_its_proof() -> None:
    assert set(FAULT_STEPS) == set(FAULTS)
    ends = {tuple(step.name for step in road[-2:]) for road in FAULT_STEPS.values()}
    assert ends == {("fault-seen", "diagnosed")}
    assert all(road[0] == STEPS[0] for road in FAULT_STEPS.values())


def test_the_site_of_the_demo_has_both_phones_and_the_faults_options(tmp_path: Path) -> None:
    plan = DemoPlan(sandbox=tmp_path, state=tmp_path)
    site = site_of(plan, ["one-secret", "two-secret"], "manager", {"force_rport": "yes"})

    assert [phone.mac for phone in site.phones] == sorted(owner.mac for owner in OWNERS)
    assert {line.extension for _, line in site.lines()} == {"201", "202"}
    assert site.pbx.options == {"force_rport": "yes"}


def test_the_long_secret_is_one_character_longer_than_a_phone_takes(tmp_path: Path) -> None:
    plan = DemoPlan(sandbox=tmp_path, state=tmp_path)
    site = FAULTS["long-secret"].tamper(site_of(plan, ["one-secret", "two-secret"], "manager", {}))

    assert {line.secret for _, line in site.lines()} == {TOO_LONG_SECRET}
    assert len(TOO_LONG_SECRET) == LONGEST_SECRET + 1
