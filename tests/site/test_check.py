"""Rows become a site, or all problems are reported at once."""

from collections.abc import Callable
from copy import deepcopy

import pytest
from hypothesis import given

from ringup.errors import SiteErrors
from ringup.phone.parameters import PARAMETERS
from ringup.site.check import check
from ringup.site.model import Line, Pbx, Phone, Site
from ringup.site.rows import Rows, by_record
from ringup.site.secret import LENGTH
from ringup.site.write import to_plain
from ringup.site.yaml_rows import read_yaml
from tests.site.sites import sites

STORED = Site(
    sync="7",
    pbx=Pbx(manager_secret="manager"),
    phones=(
        Phone(
            mac="001646C0FFEE",
            password="menu",
            lines=(Line(extension="201", secret="old", voicemail_pin="11"),),
        ),
    ),
)


def problems(text: str, stored: Site | None = None) -> list[str]:
    with pytest.raises(SiteErrors) as caught:
        check(read_yaml(text, "f"), stored)
    return [str(problem) for problem in caught.value.problems]


def with_phone(rest: str) -> str:
    return f"phones:\n  - mac: 001646C0FFEE\n    {rest}\n"


def test_each_parameter_that_ringup_writes_names_the_field_and_how_to_set_it() -> None:
    for name, row in PARAMETERS.items():
        if row.record:
            (found,) = problems(f"site:\n  settings:\n    {name}: '1'\n")
            assert f"{name} is written from {row.record}. Change that instead. For example: ringup " in found
    (name,) = problems("site:\n  settings:\n    line2_authname: x\n")
    assert name.endswith("ringup phone set MAC --line 2 --auth-name NEW")
    (zone,) = problems("site:\n  settings:\n    dst_offset: 1\n")
    assert zone.endswith("ringup site set time_zone=Europe/Berlin")


def test_other_loads_are_kept_in_the_order_of_their_numbers() -> None:
    site = check(read_yaml("site:\n  other_loads: {30018: SIP41.8-5-4S, 6: SIP41.8-5-4S}\n", "f"))
    assert list(site.other_loads) == ["6", "30018"]


def test_an_empty_file_is_the_default_site() -> None:
    assert check(read_yaml("", "f")) == Site()


def test_every_problem_is_named_at_once_in_the_order_of_the_lines() -> None:
    found = problems(
        "site:\n  time_zone: Asia/Kolkata\n  load: P0S3-08-12-00\n  settings:\n    tos_media: 9\n"
        "phones:\n  - mac: 001646C0FFEE\n    model: 7970\n    group: sales\n    lines:\n"
        "      - extension: 201\n        secret: " + "x" * 34 + "\n"
        "      - extension: 201\n  - mac: 00:16:46:c0:ff:ee\n"
    )
    assert [line.partition(" ")[0] for line in found] == [
        "f:2:",
        "f:3:",
        "f:5:",
        "f:8:",
        "f:9:",
        "f:12:",
        "f:13:",
        "f:14:",
    ]
    assert found[5] == "f:12: line 1's password has 34 characters; 7940/7960 firmware takes 31. Shorten it."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (with_phone("lines: [{extension: 1}, {extension: 1}]"),
         "f:3: extension 1 is taken by f:3. Give one of them another."),
        (with_phone("model: 7970"), "f:3: model is '7970'. Write 7940 or 7960."),
        (with_phone("model: 7940\n    lines: [{extension: 1}, {extension: 2}, {extension: 3}]"),
         "f:2: a 7940 has 2 line keys, 3 lines are given. Remove some."),
        (with_phone("group: a\n    load: P0S3-8-12-00\ngroups:\n  - {name: b}\n  - {name: a,protocol: sccp}"),
         "f:4: P0S3-8-12-00 speaks SIP, and the phone's protocol is sccp. "
         "Leave load empty, name an SCCP load, or set protocol: sip."),
        (with_phone("group: salse\ngroups:\n  - name: sales"),
         "f:3: there is no group 'salse'. Did you mean sales?"),
        (with_phone("group: sales"), "f:3: there is no group 'sales'. Add it: ringup group add sales."),
        (with_phone("load: P0S3-8-12-00.loads"), "Write P0S3-8-12-00."),
        (with_phone("lines: [{name: x}]"), "f:3: line 1's extension is missing. Add it."),
        (with_phone("lines: [{extension: 'a b'}]"), "Use digits, letters and * # + _ . - only,"),
        (with_phone("lines: [{extension: '#1'}]"), "neither # nor _ first."),
        (with_phone("lines: [{extension: 1, secret: 'a b'}]"),
         "line 1's password is not valid: it holds a space. Use letters, digits and punctuation;"),
        (with_phone("lines: [{extension: 1, voicemail: maybe}]"), "Write yes or no."),
        (with_phone("lines: [{extension: 1, nam: x}]"), "line 1's nam is not known here. Did you mean name?"),
        (with_phone("lines: [{extension: 500}]"), "is what the Messages button dials"),
        (with_phone("lines: [{extension: 1, name: " + "x" * 32 + "}]"),
         "has 32 characters; the phone takes 31."),
        (with_phone("lines: [x]"), "must hold `name: value` lines"),
        (with_phone("lines: x"), "lines must be a list"),
        (with_phone("telnet_level: 1"), "put it under settings"),
        (with_phone("settings: {line1_password: x}"), "line1_password is written from line 1's secret."),
        (with_phone("settings:\n      timer_t1: 500\n      force:timer_t1: 600"),
         "f:5: timer_t1 is set twice, with force: and without. Remove one."),
        (with_phone("settings: {timer_t1: 5000}"), "f:3: timer_t2 (4000) must be more than timer_t1 (5000)."),
        (with_phone("address: 10.0.0"), "address is '10.0.0'. Write four numbers, like 192.168.1.10."),
        (with_phone("address: 10.0.0.1\nsite:\n  server_address: 10.0.0.1"), "that of this server"),
        (with_phone("address: 10.0.0.9\n  - mac: 001646C0FFEF\n    address: 10.0.0.9"), "is reserved by f:3"),
        ("phones:\n  - mac: 0016\n", "'0016' is not a MAC address: it needs 12 hexadecimal digits."),
        ("phones:\n  - model: 7960\n", "f:2: MAC is missing. Add it."),
        ("phones: x\n", "f:1: phones must be a list. Put a dash before each item."),
        ("phnes: []\n", "f:1: phnes is not part of a site file. Did you mean phones?"),
        ("site: x\n", "f:1: site must hold `name: value` lines."),
        ("site:\n  phones: []\n", "f:2: phones does not stand in site."),
        ("site:\n  load: ''\n", "f:2: load is empty."),
        ("site:\n  time_zone: Europe/Londn\n", "Did you mean Europe/London"),
        ("site:\n  sync: a b\n", "Use up to 32 letters"),
        ("pbx:\n  port: 0\n", "f:2: port is '0'; it must be at least 1."),
        ("pbx:\n  port: x\n", "f:2: port is 'x'. Write a whole number."),
        ("pbx:\n  port: [1]\n", "f:2: port is ['1']. Write a whole number."),
        ("pbx:\n  driver: sip\n", "it must be 'pjsip' or 'chan_sip'."),
        ("pbx:\n  options: {'a\\nb': x}\n", "options a\\nb"),
        ("pbx:\n  transport: \"a\\nb\"\n", "Leave out double quotes and control characters"),
        ("groups:\n  - name: a\n  - name: a\n", "f:3: group a is at f:2 already."),
        ("network:\n  - network: 10.0.0.5/24\n    first: 10.0.0.1\n    last: 10.0.0.9\n",
         "without host bits"),
        ("network:\n  - network: 10.0.0.0/24\n    first: 10.0.0.1\n    last: 10.0.1.9\n",
         "is not in 10.0.0.0/24"),
        ("network:\n  - network: 10.0.0.0/24\n    first: 10.0.0.9\n    last: 10.0.0.1\n", "after its end"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_its_place_and_cure(text: str, expected: str) -> None:
    assert any(expected in problem for problem in problems(text)), problems(text)


@pytest.mark.parametrize(
    ("model", "lines", "what"),
    [
        ("model: 7940", 3, "a 7940 has 2 line keys, 3 lines are given. Remove some."),
        ("label: x", 7, "a 7960 has 6 line keys, 7 lines are given. Remove some."),
    ],
)
def test_too_many_lines_are_told_of_beside_another_mistake_of_the_phone(
    model: str, lines: int, what: str
) -> None:
    given = ", ".join(f"{{extension: {number}}}" for number in range(1, lines + 1))
    assert problems(with_phone(f"{model}\n    address: 10.0.0\n    lines: [{given}]")) == [
        f"f:2: {what}",
        "f:4: address is '10.0.0'. Write four numbers, like 192.168.1.10.",
    ]


def test_passwords_that_phones_cannot_take_may_stay_where_they_are_and_go_nowhere_else() -> None:
    long, menu = "x" * 32, 'a"b'
    stored = Site(
        phones=(Phone(mac="001646C0FFEE", password=menu, lines=(Line(extension="201", secret=long),)),)
    )
    written = f"password: '{menu}'\n    lines:\n      - {{extension: 201, secret: {long}}}"
    assert check(read_yaml(with_phone(written), "f"), stored) == stored
    moved = problems(with_phone(written.replace("201", "202")), stored)
    assert [problem.partition(" ")[0] for problem in moved] == ["f:5:"]


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        (
            with_phone("model: 7940\n    lines: [{extension: 1}, {extension: 2}, {extension: 3}]"),
            "Remove some.",
        ),
        (with_phone("lines: [{extension: fax}]"), "Use a number."),
        ("network:\n  - network: 10.0.0.0/24\n    first: 10.0.0.9\n    last: 10.0.0.1\n", "Swap them."),
        (
            "network:\n  - network: 10.0.0.0/24\n    first: 10.0.0.1\n    last: 10.0.1.9\n",
            "Write one of that network.",
        ),
        ("site:\n  time_zone: Narnia\n", "Write one like Europe/London."),
        ("site:\n  country: XX\n", "Write its two letters of ISO 3166-1, like DE."),
        ("site:\n  other_loads: {x: y}\n", "Write other_loads like `30018: SIP41.8-5-4S`."),
    ],
)
def test_the_cure_is_apart_from_the_fact(text: str, cure: str) -> None:
    with pytest.raises(SiteErrors) as raised:
        check(read_yaml(text, "f"), Site())
    (problem,) = raised.value.problems
    assert problem.cure == cure
    assert problem.what.endswith(".")
    assert cure not in problem.what


NETWORKS = """
network:
  - {network: 10.0.0.0/24, first: 10.0.0.100, last: 10.0.0.200, router: 10.0.0.1}
  - {network: 10.0.0.128/25, first: 10.0.0.130, last: 10.0.0.140, router: 10.9.0.1}
phones:
  - {mac: 001646C0FFEE, address: 10.0.7.1}
  - {mac: 001646C0FFEF, address: 10.0.0.1}
"""


def test_networks_routers_and_reservations_must_fit_each_other() -> None:
    assert problems(NETWORKS) == [
        "f:4: network 10.0.0.128/25 overlaps 10.0.0.0/24 (f:3). Make one of them smaller.",
        "f:4: router 10.9.0.1 is not in 10.0.0.128/25. Set it to an address inside that network.",
        "f:6: address 10.0.7.1 is in none of the networks. Reserve one of theirs.",
        "f:7: address 10.0.0.1 is that of the router. Choose another.",
    ]


def test_a_missing_secret_is_made_for_a_new_line_and_kept_for_a_known_one() -> None:
    site = check(read_yaml(with_phone("lines: [{extension: 201}, {extension: 202}]"), "f"), STORED)
    phone = site.phones[0]
    assert phone.password == "menu"
    assert phone.lines[0].secret == "old"
    assert len(phone.lines[1].secret) == LENGTH
    assert phone.lines[0].voicemail_pin == ""


def test_a_masked_secret_follows_its_extension_to_another_phone() -> None:
    line_of_file = "{extension: 201, secret: '********', voicemail_pin: '********'}"
    text = f"phones:\n  - mac: 001646C0FFEF\n    lines: [{line_of_file}]\n"
    line = check(read_yaml(text, "f"), STORED).phones[0].lines[0]
    assert (line.secret, line.voicemail_pin) == ("old", "11")


def test_a_mask_with_nothing_behind_it_is_refused() -> None:
    found = problems(with_phone("lines: [{extension: 999, secret: '********'}]"), STORED)
    assert found == [
        "f:3: secret is masked, and no stored one is there to keep. "
        "Write it, or remove the field to have one made."
    ]


@pytest.mark.parametrize(
    ("text", "settings_of"),
    [
        ("site: {{settings: {{{0}}}}}\n", lambda site: site.settings),
        ("groups: [{{name: sales, settings: {{{0}}}}}]\n", lambda site: site.groups[0].settings),
        ("phones: [{{mac: 001646C0FFEE, settings: {{{0}}}}}]\n", lambda site: site.phones[0].settings),
    ],
    ids=["site", "group", "phone"],
)
def test_a_masked_setting_is_kept_at_its_level_and_refused_where_none_is(
    text: str, settings_of: Callable[[Site], dict[str, str]]
) -> None:
    given = text.format("'force:snmp_community': public")
    masked = text.format("'force:snmp_community': '********'")
    stored = check(read_yaml(given, "f"))
    assert settings_of(check(read_yaml(masked, "f"), stored)) == {"force:snmp_community": "public"}
    (found,) = problems(masked)
    assert found.endswith(
        "force:snmp_community is masked, and no stored one is there to keep. Write it, or remove the field."
    )


def test_the_manager_password_is_kept_when_masked_and_dropped_when_missing() -> None:
    kept = check(read_yaml("pbx: {manager_secret: '********'}\n", "f"), STORED)
    assert kept.pbx.manager_secret == "manager"
    assert check(read_yaml("pbx: {}\n", "f"), STORED).pbx.manager_secret == ""


def test_a_file_without_sync_does_not_make_every_phone_restart() -> None:
    assert check(read_yaml("", "f"), STORED).sync == "7"
    assert check(read_yaml("site: {sync: 8}\n", "f"), STORED).sync == "8"


def test_a_single_name_server_needs_no_list() -> None:
    text = "network:\n  - {network: 10.0.0.0/24, first: 10.0.0.2, last: 10.0.0.9, dns: '10.0.0.1, 9.9.9.9'}\n"
    assert [str(address) for address in check(read_yaml(text, "f")).subnets[0].dns] == ["10.0.0.1", "9.9.9.9"]


def test_fields_left_empty_mean_nothing_was_written() -> None:
    text = with_phone("address:\n    label:\n    settings:\n    lines:\nnetwork:\nsite:\n  server_address:")
    phone = check(read_yaml(text, "f")).phones[0]
    assert (phone.address, phone.label, phone.settings, phone.lines) == (None, "", {}, ())


def test_changes_without_a_file_name_the_record() -> None:
    data = {
        "phones": [{"mac": "001646C0FFEE", "model": "1"}, {"model": "2"}],
        "groups": [{"name": "sales", "settings": {"x": "1"}}],
        "pbx": {"port": "0"},
    }
    with pytest.raises(SiteErrors) as caught:
        check(Rows(data, by_record(data)))
    assert {problem.where for problem in caught.value.problems} == {
        "phone 001646C0FFEE",
        "phone 2",
        "group sales",
        "pbx",
    }


def test_the_rows_are_left_as_they_were() -> None:
    rows = read_yaml(with_phone("lines: [{extension: 201}]"), "f")
    check(rows)
    assert "secret" not in rows.data["phones"][0]["lines"][0]


def test_digits_and_dots_that_are_no_address_of_a_pbx_are_refused() -> None:
    with pytest.raises(ValueError, match=r"the PBX's address 300\.1\.1\.1 is not an IPv4 address"):
        Pbx(address="300.1.1.1")
    assert Pbx(address="pbx.example.net").address == "pbx.example.net"


@pytest.mark.parametrize(
    "extension",
    ["a", "e", "h", "i", "o", "s", "t", "T", "fax", "FAX", "general", "globals", "authentication", "failed"],
)
def test_an_extension_that_asterisk_gives_a_meaning_is_refused(extension: str) -> None:
    with pytest.raises(ValueError, match=r"has a special meaning in Asterisk\. Use a number"):
        Line(extension=extension, secret="s3cret")


@pytest.mark.parametrize("sign", ["\x85", "\u2028", "\u2029", "\n"])
def test_a_line_separator_of_any_kind_is_refused_in_a_text(sign: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        Line(extension="201", secret="s3cret", name=f"Larry{sign}Ellison")
    assert Line(extension="201", secret="s3cret", name="Lärry “é” Ellison").name == "Lärry “é” Ellison"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"label": "Продажи"}, "label 'Продажи' has signs that the phone cannot show: Продажи. Write it"),
        ({"lines": [{"extension": "201", "name": "Ада"}]}, "line 1's name 'Ада' has signs"),
        ({"lines": [{"extension": "201", "short_name": "20 €"}]}, "line 1's short_name '20 €' has signs"),
        ({"lines": [{"extension": "201", "display_name": "日本"}]}, "Use letters of Western European"),
        ({"lines": [{"extension": "201", "name": "Ада", "display_name": "Ada"}]}, "line 1's name 'Ада'"),
        ({"lines": [{"extension": "201", "auth_name": "ада"}]}, "line 1's auth_name 'ада' has signs"),
    ],
)
def test_a_text_that_the_phone_cannot_show_is_refused_with_a_spelling(
    rows: dict[str, object], said: str
) -> None:
    data = {"phones": [{"mac": "001646C0FFEE", **rows}]}
    with pytest.raises(SiteErrors) as refused:
        check(Rows(data, by_record(data)))
    assert said in str(refused.value)


def test_a_name_that_never_reaches_a_phones_file_may_have_any_letters() -> None:
    line = {"extension": "201", "name": "Ада", "display_name": "Ada"}
    data = {"phones": [{"mac": "001646C0FFEE", "label": "Ada", "lines": [line]}]}
    assert check(Rows(data, by_record(data))).phones[0].lines[0].name == "Ада"


@pytest.mark.parametrize(
    "part", [{"rings": [{"name": "Колокол", "file": "a.pcm"}]}, {"pbx": {"address": "пбх"}}]
)
def test_ring_names_and_hosts_are_looked_at_too(part: dict[str, object]) -> None:
    with pytest.raises(SiteErrors, match="cannot show"):
        check(Rows(part, by_record(part)))


def test_a_forced_password_is_taken_as_it_is_and_a_plain_one_refused() -> None:
    long, quoted = "x" * 32, 'a"b'
    line = "lines: [{{extension: 201, {}secret: '{}'}}]"
    site = check(read_yaml(with_phone(f"force:password: '{quoted}'\n    {line.format('force:', long)}"), "f"))
    assert (site.phones[0].password, site.phones[0].lines[0].secret) == (quoted, long)
    assert (
        check(read_yaml(with_phone(line.format("force:", "fine")), "f")).phones[0].lines[0].secret == "fine"
    )
    assert problems(with_phone(f"password: '{quoted}'\n    {line.format('', long)}")) == [
        "f:3: password is not valid: it holds a double quote. "
        "Use letters, digits and punctuation; no spaces, no double quotes.",
        "f:4: line 1's password has 32 characters; 7940/7960 firmware takes 31. Shorten it.",
    ]


def test_a_password_with_and_without_force_is_refused() -> None:
    assert problems(with_phone("password: a\n    force:password: b")) == [
        "f:4: password is set twice, with force: and without. Remove one."
    ]


@pytest.mark.parametrize("part", ["extension", "name", "voicemail_pin"])
def test_only_a_password_can_be_forced(part: str) -> None:
    [found] = problems(with_phone(f"lines: [{{extension: 201, secret: a, force:{part}: 1}}]"))
    assert f"force:{part} is not known here" in found


@pytest.mark.parametrize(
    ("loads", "what"),
    [
        ("{'7': P0S3-8-12-00}", "loadInformation7 is the 7960's, which runs the site's load."),
        ("{'08': x}", "loadInformation08 is not the number of a model."),
        ("{'6': 'a b'}", "loadInformation6 cannot name 'a b'"),
        ("x", "Write `name: value` lines under it."),
    ],
)
def test_a_load_of_other_models_that_no_file_can_name_is_refused(loads: str, what: str) -> None:
    [found] = problems(f"site:\n  name: a\n  other_loads: {loads}\n")
    assert found.startswith("f:3: ")
    assert what in found


@given(sites())
def test_the_rows_that_are_checked_stay_as_they_are(site: Site) -> None:
    data = to_plain(site, secrets=True)
    before = deepcopy(data)
    check(Rows(data, by_record(data)))
    assert data == before


@pytest.mark.parametrize("field", ["match", "rewrite", "tone", "route"])
@pytest.mark.parametrize("character", "<>&")
def test_a_dial_rule_takes_nothing_that_xml_escapes(field: str, character: str) -> None:
    rule = {"match": "'9,*'", field: f"'1{character}2'"}
    lines = "\n".join(f"    {name}: {value}" for name, value in rule.items())
    (problem,) = problems("dial_rules:\n  -\n" + lines)
    assert f"{field} is '1{character}2'. Leave out < > &" in problem
