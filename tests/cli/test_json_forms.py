"""The `--json` of every command prints what docs/reference/json.md describes, and no other key."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click import Command, Context
from click import Group as CommandGroup
from jsonschema import Draft202012Validator
from sqlalchemy import Engine

from ringup.asterisk import verification
from ringup.change import restart_phones
from ringup.change.restart import Restarts
from ringup.check.probes import gather
from ringup.cli.json_forms import COMMANDS
from ringup.cli.json_page import page, schema, schema_text
from ringup.cli.main import cli
from ringup.emulator.firmware import write_package
from ringup.finding import ERROR, Finding, Location
from ringup.probe import run as probe_run
from ringup.probe.report import ProbeReport
from ringup.rollout.record import PhoneStep, Rollout, RolloutPhone, RolloutState
from ringup.site.guests import Guest
from ringup.site.model import DialRule, DirectorySource, Group, Line, Pbx, Phone, Ring, Site, Subnet
from ringup.store.accounts import Account, add_account
from ringup.store.database import open_database
from ringup.store.guests import ClaimCode, add_guest, save_code
from ringup.store.pins import Pin, PinnedBy, save_pins
from ringup.store.rollouts import begin_rollout
from ringup.store.tokens import Token, add_token
from tests.check.cases import CASES
from tests.cli.fleet import ANNA, EVENTS, SITE, UNKNOWN, fill
from tests.cli.terminal import Ringup
from tests.cli.test_dial import FILES
from tests.firmware.damaged import sip
from tests.probe.test_segment import report

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
SCHEMA = schema()

OLD = "P0S3-08-11-00"
ROLLED_OUT = Rollout(
    "P0S3-8-12-00",
    (RolloutPhone(ANNA, 1, ("P0S3-8-12-00",), "P0S3-8-12-00", step=PhoneStep.DONE, offered_at=1.0),),
    state=RolloutState.DONE,
)

SALES = Group(name="sales", load="P0S3-8-11-00", settings={"telnet_level": "1"})
PINNED = Phone(
    mac="0016460E0012",
    group="sales",
    address="192.168.1.50",  # type: ignore[arg-type]
    settings={"phone_prompt": "hello"},
    lines=(Line(extension="204", secret="not-for-eyes", voicemail_pin="1234"),),
)
NETWORK = Subnet.model_validate(
    {"network": "192.168.1.0/24", "first": "192.168.1.100", "last": "192.168.1.200", "dns": ["192.168.1.1"]}
)
FULL = SITE.model_copy(
    update={
        "groups": (SALES,),
        "phones": (SITE.phones[0].model_copy(update={"load": OLD}), *SITE.phones[1:], PINNED),
        "subnets": (NETWORK,),
        "dial_rules": (DialRule(match="2.."),),
        "directory": (DirectorySource(name="people", url="/etc/ringup/people.csv"),),
        "rings": (Ring(name="Old", file="Old.raw"),),
        "other_loads": {"30018": "SIP41.8-5-4S"},
        "pbx": SITE.pbx.model_copy(update={"manager_user": "ringup", "manager_secret": "s3cret"}),
    }
)


@pytest.fixture
def office(ringup: Ringup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ringup:
    """A site with an item in every list, firmware in its folder, and a machine with findings."""
    engine = open_database(str(tmp_path / "ringup.db"))
    fill(engine, site=Site(), events=EVENTS)
    fill(engine, site=FULL, events=())
    save_pins(engine, [Pin(ANNA, "192.168.50.20", 1.0, PinnedBy.OPERATOR)])
    add_guest(engine, Guest("001646000000", 1, "7960", "481516", 4e9))
    save_code(engine, ClaimCode("108108", ANNA, 4e9), 0.0)
    begin_rollout(engine, ROLLED_OUT)
    add_account(engine, Account("larry", "administrator", "hash", totp="JBSWY3DP"))
    add_token(engine, Token("inventory", "hash", "viewer", "larry", 1.0, 2.0))
    engine.dispose()
    write_package(tmp_path / "firmware", sip())
    (tmp_path / "site.yaml").write_text("site:\n  load: P0S3-08-11-00\n")
    (tmp_path / "SIP001646c0ffee.cnf").write_text("# line\nimage_version: P0S3\n")
    facts = CASES["tftpd on 69"].facts
    monkeypatch.setattr(gather, "everything", lambda *_places, **_options: facts)
    monkeypatch.setattr(restart_phones, "restart", without_asterisk)

    async def asked(*_asked: object) -> list[Finding]:
        return [Finding("secret", ERROR, Location("line 204"), "Asterisk refuses its secret.", "")]

    monkeypatch.setattr(verification, "verified", asked)

    async def probed(*_asked: object) -> ProbeReport:
        return report()

    monkeypatch.setattr(probe_run, "run", probed)
    return ringup


async def without_asterisk(_pbx: Pbx, _engine: Engine, restarts: Restarts, *_rest: object) -> None:
    restarts.give_up("connection lost.")


LOG = Path(__file__).parents[1] / "evidence" / "recorded" / "dnsmasq.txt"

WITHOUT_LEASE = ("--dry-run", "--also-static")

ARGUMENTS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "status": (("status",), ("status", "--trouble")),
    "status PHONE": (("status", ANNA), ("status", UNKNOWN)),
    "phone list": (("phone", "list"),),
    "phone code": (("phone", "code"),),
    "phone pins": (("phone", "pins"),),
    "phone show PHONE": (("phone", "show", "204"), ("phone", "show", "204", "--reveal")),
    "group list": (("group", "list"),),
    "group show NAME": (("group", "show", "sales"),),
    "directory list": (("directory", "list"),),
    "account list": (("account", "list"),),
    "token list": (("token", "list"),),
    "site show": (("site", "show"),),
    "plan FILE": (("plan", "{site}"),),
    "history": (("history",),),
    "show REVISION": (("show", "1"),),
    "diff A B": (("diff", "0", "1"),),
    "parameters": (("parameters",),),
    "pbx verify": (("pbx", "verify"),),
    "probe": (("probe", "--interface", "lo"),),
    "rehearse": (("rehearse", "--most", "5"),),
    "why": (("why",),),
    "why FILE": (("why", "{log}"), ("why", "{log}", "001646C0FFEE")),
    "why PHONE": (("why", "202"), ("why", UNKNOWN)),
    "restart PHONE": (("restart", "204"),),
    "check": (("check", "--no-listen"),),
    "firmware list": (("firmware", "list"),),
    "firmware check": (("firmware", "check"), ("firmware", "check", "P0S3-8-11-00")),
    "firmware path FROM TO": (("firmware", "path", "sip 4.4", "sip 8.12"),),
    "firmware rollout start LOAD": (("firmware", "rollout", "P0S3-8-12-00", ANNA, *WITHOUT_LEASE),),
    "firmware rollout status": (("firmware", "rollout", "status"),),
    "firmware rollout back": (("firmware", "rollout", "back", *WITHOUT_LEASE),),
    "lint": (("lint", "{folder}", "missing.cnf"),),
    "lint --rules": (("lint", "--rules"),),
    "dial lint": (("dial", "lint", "{template}"),),
    "dial test NUMBER": (("dial", "test", "202"), ("dial", "test", "")),
}
"""The arguments of each command, in one or more variants."""


@pytest.mark.parametrize("words", COMMANDS)
def test_what_a_command_prints_has_its_form(office: Ringup, tmp_path: Path, words: str) -> None:
    form = {"$ref": f"#/$defs/{COMMANDS[words].form.__name__}", "$defs": SCHEMA["$defs"]}
    for arguments in ARGUMENTS[words]:
        typed = [
            word.format(folder=tmp_path, template=FILES / "D203.xml", site=tmp_path / "site.yaml", log=LOG)
            if "{" in word
            else word
            for word in arguments
        ]
        said = office(*typed, "--json")
        printed = said.json()
        faults = [error.message for error in Draft202012Validator(form).iter_errors(printed)]
        assert faults == [], said.err
        assert next(iter(printed)) == "version"
        assert _fullness(printed), f"{typed}: every list is empty, so their rows were not compared"


def _fullness(printed: Mapping[str, Any]) -> bool:
    lists = [value for value in printed.values() if isinstance(value, list)]
    return not lists or any(lists)


def test_every_command_with_json_has_a_form_or_is_known_to_have_none() -> None:
    """`serve` and `emulate` print lines; the evidence of the demo depends on the fault."""
    described = {words.replace(" --rules", "") for words in COMMANDS}
    named = {" ".join(word for word in words.split() if not word.isupper()) for words in described}
    assert {*_with_json(cli)} - named == {"demo", "emulate"}


def _with_json(command: Command, words: tuple[str, ...] = ()) -> Iterator[str]:
    if isinstance(command, CommandGroup):
        context = Context(command)
        for name in command.list_commands(context):
            if each := command.get_command(context, name):
                yield from _with_json(each, (*words, name))
    if any("--json" in option.opts for option in command.params):
        yield " ".join(words)


def test_the_page_and_the_schema_are_up_to_date() -> None:
    assert (REFERENCE / "json.md").read_text(encoding="utf-8") == page(), "run tools/json-page"
    assert (REFERENCE / "json-schema.json").read_text(encoding="utf-8") == schema_text(), (
        "run tools/json-page"
    )


def test_a_key_of_a_later_version_is_allowed_by_the_published_schema_alone() -> None:
    assert '"additionalProperties": false' not in schema_text()
    form = {"$ref": "#/$defs/LintRules", **SCHEMA}
    later = {"version": 1, "rules": [], "new": 1}
    assert [error.validator for error in Draft202012Validator(form).iter_errors(later)] == [
        "additionalProperties"
    ]
