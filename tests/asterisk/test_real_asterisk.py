"""Real Asterisks load the rendered files as intended: 22 and 16 with PJSIP, 16 with chan_sip, in private
networks.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from ringup.asterisk import sandbox
from tests.asterisk.real_pbx import ADOPTED_SECRETS

pytestmark = pytest.mark.end_to_end

REPOSITORY = Path(__file__).parents[2]
CACHE = Path(os.environ.get("RINGUP_CACHE", REPOSITORY / ".cache"))
USER = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]

SETUPS = [("22", "pjsip"), ("16", "pjsip"), ("16", "chan_sip")]


@pytest.fixture(params=SETUPS, ids=["-".join(setup) for setup in SETUPS], scope="module")
def setup(request: pytest.FixtureRequest) -> tuple[str, str]:
    chosen: tuple[str, str] = request.param
    return chosen


@pytest.fixture(scope="module")
def belief(setup: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The output of one Asterisk; the sandbox is built the first time."""
    release, driver = setup
    folder = CACHE / f"asterisk-{release}"
    sandbox.build(release, folder)
    instance = tmp_path_factory.mktemp("pbx") / "instance"
    command = ["unshare", *USER, "--net", sys.executable, "-m", "tests.asterisk.real_pbx"]
    done = subprocess.run(
        [*command, str(folder), str(instance), driver],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": f"{REPOSITORY / 'src'}:{REPOSITORY}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers: Mapping[str, str] = json.loads(done.stdout)
    return answers


def option(text: str, name: str) -> str:
    """Return a value from a table of ``name : value`` lines."""
    match = re.search(rf"(?m)^\s*\*?\s*{re.escape(name)}\s*: (.*)$", text)
    assert match, f"{name} is not in:\n{text}"
    return match[1].strip()


def test_the_release_is_the_one_asked_for(belief: Mapping[str, str], setup: tuple[str, str]) -> None:
    assert int(belief["version"].split(".")[0]) >= int(setup[0])


def test_a_second_install_changes_nothing(belief: Mapping[str, object]) -> None:
    assert belief["changed"]
    assert belief["again"] == []


def test_the_account_is_as_rendered(belief: Mapping[str, str], setup: tuple[str, str]) -> None:
    if setup[1] == "chan_sip":
        peer = belief["sip show peer 201"]
        assert option(peer, "Force rport") == "No"
        assert option(peer, "Mailbox") == "201@ringup"
        assert option(peer, "Context") == "ringup"
        assert option(peer, "Callerid") == '"Larry Ellison" <201>'
        assert option(peer, "DTMFmode") == "rfc2833"
        assert option(peer, "Codecs") == "(ulaw|alaw)"
        assert option(belief["sip show peer 202"], "Callerid") == '"Ada Lovelace, Dr." <202>'
        return
    endpoint = belief["pjsip show endpoint 201"]
    assert option(endpoint, "force_rport") == "false"
    assert option(endpoint, "rewrite_contact") == "false"
    assert option(endpoint, "direct_media") == "true"
    assert option(endpoint, "mailboxes") == "201@ringup"
    assert option(endpoint, "callerid") == '"Larry Ellison" <201>'
    assert option(endpoint, "transport") == "ringup-udp"
    assert option(belief["pjsip show auth 202"], "password") == "a;b"
    assert option(belief["pjsip show aor 201"], "qualify_frequency") == "60"
    assert "127.0.0.1:5060" in belief["pjsip show transports"]


def test_an_adopted_password_arrives_whole_or_its_account_is_absent(
    belief: Mapping[str, str], setup: tuple[str, str]
) -> None:
    if setup[1] == "chan_sip":
        for number in ("301", "302"):
            assert option(belief[f"sip show peer {number}"], "Secret") == "<Set>"
        listed = re.findall(r"(?m)^(30\d)\b", belief["sip show peers"])
    else:
        for number in ("301", "302"):
            assert option(belief[f"pjsip show auth {number}"], "password") == ADOPTED_SECRETS[number]
        listed = re.findall(r"(?m)^ *Endpoint: +(30\d)\b", belief["pjsip show endpoints"])
    assert listed == ["301", "302"]


def test_the_dial_plan_is_as_rendered(belief: Mapping[str, str], setup: tuple[str, str]) -> None:
    plan = belief["dialplan show ringup"]
    technology = "SIP" if setup[1] == "chan_sip" else "PJSIP"
    assert f"Dial({technology}/201,20)" in plan
    assert "VoiceMailMain(${CALLERID(num)}@ringup,s)" in plan
    assert "'_9.'" in plan
    assert f"{technology}/201" in belief["core show hints"]


def test_the_boxes_are_as_rendered(belief: Mapping[str, str]) -> None:
    users = belief["voicemail show users"]
    assert re.search(r"(?m)^ringup\s+201\s+Larry Ellison", users)
    assert re.search(r"(?m)^ringup\s+202\s+Ada Lovelace Dr\.", users)
