"""Real Asterisks: a correct one gives no findings, and each planted difference gives its finding."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.asterisk.real_runs import run_beside_asterisk
from tests.asterisk.real_verify import PLANTED, WANTED
from tests.asterisk.test_real_asterisk import SETUPS

pytestmark = pytest.mark.end_to_end


@pytest.fixture(params=SETUPS, ids=["-".join(setup) for setup in SETUPS], scope="module")
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """The codes found for each difference, with one Asterisk."""
    release, driver = request.param
    instance = tmp_path_factory.mktemp("pbx") / "instance"
    return {**run_beside_asterisk("real_verify", release, driver, instance), "driver": driver}


def test_a_sound_asterisk_gives_no_finding(found: Mapping[str, Any]) -> None:
    assert found["sound"] == []


@pytest.mark.parametrize("name", ["no include", "another port", *PLANTED])
def test_a_planted_difference_is_named(found: Mapping[str, Any], name: str) -> None:
    assert set(found[name]) >= WANTED[name]


def test_a_driver_that_is_not_loaded_is_named(found: Mapping[str, Any]) -> None:
    assert found.get("no module", ["no-module"]) == ["no-module"]
    assert ("no module" in found) == (found["driver"] == "pjsip")


def test_an_application_that_is_missing_is_seen(found: Mapping[str, Any]) -> None:
    assert found["recorded"]["applications"] == [True, False]


def test_the_recordings_have_the_fields_of_today(found: Mapping[str, Any]) -> None:
    names = {name for fields in found["recorded"]["account"] for name, _value in fields}
    folder = Path(__file__).parent
    files = sorted(folder.glob(f"verify-*-{found['driver']}.json"))
    recorded = [json.loads(each.read_text())["account"] for each in files]
    assert names in [{name for fields in each for name, _value in fields} for each in recorded]
