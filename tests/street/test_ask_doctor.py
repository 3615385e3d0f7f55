"""Phones of streets are diagnosed, and faults that look alike are recognised by their events."""

from pathlib import Path
from typing import get_args

import pytest

from ringup.doctor.rules.table import RULES
from ringup.emulator.behaviour import APPLICATIONS, LOADERS, application_behaviour, loader_behaviour
from ringup.street.ask_doctor import Answer, Case, ask, classes, expected
from ringup.street.faults import ROWS
from ringup.street.script import FlashState
from ringup.street.seeds import SharedFolder, flash_of


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> SharedFolder:
    return SharedFolder(tmp_path_factory.mktemp("stage"))


def answers(stage: SharedFolder, folder: Path, *faults: str, seed: int = 3) -> dict[str, Answer]:
    found = {}
    for number, fault in enumerate(faults):
        place = folder / f"{number}"
        place.mkdir()
        found[fault] = ask(Case(fault, seed, "current"), stage, place)
    return found


def test_rows_name_rules_that_exist() -> None:
    assert expected(row.key for row in ROWS) <= set(RULES)


def test_the_flashes_have_each_loader_and_each_application() -> None:
    flashes = [flash_of("001646C0FFEE", state) for state in get_args(FlashState)]
    assert {loader_behaviour(each.loader) for each in flashes} == set(LOADERS)
    used = {application_behaviour(each.application, each.protocol) for each in flashes}
    assert used == set(APPLICATIONS)


@pytest.mark.thorough
def test_faults_with_the_same_trace_are_a_class_and_others_are_not(
    stage: SharedFolder, tmp_path: Path
) -> None:
    found = answers(stage, tmp_path, "", "wrong-vlan", "mute-phone", "other-secret")
    alike = classes(found.values())
    assert alike[found["wrong-vlan"].case] == {"wrong-vlan", "mute-phone"}
    assert alike[found["other-secret"].case] == {"other-secret"}


def test_an_answer_is_right_if_its_first_cause_is_expected(stage: SharedFolder, tmp_path: Path) -> None:
    found = answers(stage, tmp_path, "", "other-secret")
    assert found[""].codes == ()
    assert found[""].is_right(())
    assert found["other-secret"].codes[:1] == ("secret-differs",)
    assert found["other-secret"].is_right(("secret-differs",))
    assert not found["other-secret"].is_right(("register-silent",))
    assert not found["other-secret"].is_right(())


def test_a_wrong_cause_that_is_called_certain_is_told(stage: SharedFolder, tmp_path: Path) -> None:
    (found,) = answers(stage, tmp_path, "other-dhcp", seed=1).values()
    assert found.diagnosis.verdict is not None
    is_certain = found.diagnosis.verdict.confidence == "certain"
    assert found.is_wrong_and_certain(()) == is_certain
    assert not found.is_wrong_and_certain(found.codes)
