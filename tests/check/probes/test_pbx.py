"""Facts from Asterisk's folder and its manager interface."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from ringup.asterisk.install import install
from ringup.check.facts import ManagerRefusal, PbxState, Transport
from ringup.check.probes import pbx
from ringup.rule import Unknown
from ringup.site.model import Pbx, Site
from ringup.wire.ami import AmiMessage
from tests.asterisk.fake_asterisk import FakeAsterisk, refusing
from tests.check import test_texts as printed
from tests.check.sound import PHONE

SECRET = "s3cret"


def site(etc: Path | str = "", port: int = 1) -> Site:
    pbx_record = Pbx(etc=str(etc), manager_user="ringup", manager_secret=SECRET, manager_port=port)
    return Site(phones=(PHONE,), pbx=pbx_record)


def states(etc: Path) -> dict[str, tuple[bool, bool, bool]]:
    found = pbx.files(site(etc))
    assert not isinstance(found, Unknown)
    return {file.name: (file.is_there, file.is_current, file.is_included) for file in found}


def test_files_that_were_installed_are_there_current_and_included(tmp_path: Path) -> None:
    install(site(tmp_path), tmp_path)
    assert set(states(tmp_path).values()) == {(True, True, True)}
    assert len(states(tmp_path)) == 3


def test_files_that_were_not_installed_are_nothing_of_that(tmp_path: Path) -> None:
    assert set(states(tmp_path).values()) == {(False, False, False)}


def test_each_fault_of_a_file_is_seen_by_itself(tmp_path: Path) -> None:
    install(site(tmp_path), tmp_path)
    (tmp_path / "ringup.d" / "ringup_pjsip.conf").write_text("; old\n")
    (tmp_path / "voicemail.conf").write_text(";#tryinclude ringup.d/ringup_voicemail.conf\n")
    (tmp_path / "extensions.conf").write_text("#include ringup.d/*.conf\n")
    assert states(tmp_path) == {
        "ringup_pjsip.conf": (True, False, True),
        "ringup_voicemail.conf": (True, True, False),
        "ringup_extensions.conf": (True, True, True),
    }


def test_a_file_of_that_name_elsewhere_is_not_ours(tmp_path: Path) -> None:
    install(site(tmp_path), tmp_path)
    (tmp_path / "extensions.conf").write_text("#include other.d/ringup_extensions.conf\n")
    assert states(tmp_path)["ringup_extensions.conf"] == (True, True, False)


def test_without_a_folder_nothing_is_looked_at() -> None:
    assert isinstance(pbx.files(site()), Unknown)


OUTPUTS = {
    "manager show user ringup": printed.USER,
    "module show": printed.MODULES,
    "core show applications": printed.APPLICATIONS,
    "pjsip show transports": printed.TRANSPORTS,
    "pjsip show endpoint 201": printed.ENDPOINT,
    "voicemail show users": printed.BOXES,
    "dialplan show ringup": printed.PLAN,
}


def say(action: AmiMessage) -> list[AmiMessage]:
    lines = OUTPUTS[action.get("Command")].splitlines()
    fields = [("Response", "Success"), ("ActionID", action.get("ActionID"))]
    return [AmiMessage((*fields, *(("Output", line) for line in lines)))]


def asked(answers: dict[str, Any] | None = None, secret: str = SECRET) -> PbxState | ManagerRefusal:
    async def ask() -> PbxState | ManagerRefusal:
        async with FakeAsterisk(secret) as asterisk:
            asterisk.answers = {"Command": say} if answers is None else answers
            return await pbx.read_state(site(port=asterisk.port))

    return asyncio.run(ask())


def test_a_running_asterisk_tells_all_about_itself() -> None:
    state = asked()
    assert isinstance(state, PbxState)
    assert state.version == "22.10.1"
    assert state.read == {"call", "command"}
    assert "app_voicemail.so" in state.modules
    assert "voicemailmain" in state.applications
    assert state.transports == (Transport("ringup-udp", "udp", "127.0.0.1:5060"),)
    assert state.accounts is not None
    assert state.accounts["201"]["force_rport"] == "false"
    assert state.boxes == frozenset(("202@ringup", "201@default"))
    assert state.contexts == frozenset(("ringup",))


def test_a_wrong_secret_is_a_refused_login() -> None:
    refusal = asked(secret="another")
    assert isinstance(refusal, ManagerRefusal)
    assert not refusal.is_permission
    assert "Authentication failed" in refusal.what
    assert refusal.commands[0].startswith("ringup site set pbx.manager_user=")


@pytest.mark.parametrize("action", ["CoreSettings", "Command"])
def test_what_the_user_may_not_ask_is_a_permission_that_lacks(action: str) -> None:
    refusal = asked({action: refusing("Permission denied")})
    assert isinstance(refusal, ManagerRefusal)
    assert refusal.is_permission


def test_nobody_there_is_told_with_how_to_start_it() -> None:
    refusal = asyncio.run(pbx.read_state(site(port=1)))
    assert isinstance(refusal, ManagerRefusal)
    assert not refusal.is_permission
    assert "127.0.0.1:1 does not answer" in refusal.what
    assert "systemctl restart asterisk" in refusal.commands


def test_a_site_without_a_manager_user_asks_nobody() -> None:
    assert isinstance(pbx.state(Site()), Unknown)
