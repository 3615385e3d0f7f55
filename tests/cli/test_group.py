"""`ringup group`: settings that phones share."""

import pytest

from tests.cli.terminal import Ringup, Said

MAC = "001646C0FFEE"


@pytest.fixture(name="sales")
def _sales(ringup: Ringup) -> Ringup:
    """Make a site with a group and a phone in it."""
    assert ringup("group", "add", "sales", "--set", "preferred_codec=g711alaw").status == 0
    assert ringup("phone", "add", MAC, "--extension", "201", "--group", "sales").status == 0
    return ringup


def refused(said: Said, *words: str) -> None:
    assert (said.status, said.out) == (2, "")
    for word in words:
        assert word in said.err


def test_adding_a_group_says_how_to_use_it(ringup: Ringup) -> None:
    said = ringup("group", "add", "sales", "--load", "P0S3-08-11-00")
    assert said.out == (
        "Added group sales, revision 1.\nPut a phone in it: ringup phone set MAC --group sales\n"
    )
    assert ringup("group", "show", "sales", "--json").json() == {
        "version": 1,
        "name": "sales",
        "protocol": "",
        "load": "P0S3-08-11-00",
        "services": "",
        "language": "",
        "settings": {},
        "phones": [],
    }


def test_groups_are_listed_with_what_they_share(sales: Ringup) -> None:
    rows = [line.split() for line in sales("group", "list").out.splitlines()]
    assert rows == [["group", "phones", "firmware", "settings"], ["sales", "1", "preferred_codec=g711alaw"]]
    assert sales("group", "list", "--json").json() == {
        "version": 1,
        "groups": [
            {
                "name": "sales",
                "protocol": "",
                "load": "",
                "services": "",
                "language": "",
                "settings": {"preferred_codec": "g711alaw"},
                "phones": [MAC],
            }
        ],
    }


def test_without_groups_it_is_said_how_to_add_one(ringup: Ringup) -> None:
    assert ringup("group", "list").out == "No groups yet. Add one: ringup group add sales\n"
    assert ringup("group", "list", "--json").json() == {"version": 1, "groups": []}


def test_a_group_is_shown_with_its_phones(sales: Ringup) -> None:
    sales("group", "set", "sales", "load=P0S3-08-11-00", "services_url=")
    assert sales("group", "show", "sales").out.splitlines() == [
        "group sales",
        "  firmware: P0S3-08-11-00",
        "  preferred_codec: g711alaw",
        "  services_url: (empty)",
        f"  phones: {MAC}",
    ]


def test_phones_take_over_what_their_group_says(sales: Ringup) -> None:
    said = sales("group", "set", "sales", "telnet_level=1", "--load", "P0S3-08-11-00")
    assert said.out.splitlines() == [
        "~ group sales",
        "    load: (nothing) → P0S3-08-11-00",
        "    settings telnet_level: (nothing) → 1",
        "1 phone must restart to follow: 001646C0FFEE",
        "Revision 3.",
    ]
    phone = sales("phone", "show", MAC, "--json").json()
    assert phone["wanted_load"] == "P0S3-08-11-00"
    assert phone["inherited_settings"] == {"preferred_codec": "g711alaw", "telnet_level": "1"}
    sales("group", "set", "sales", "--unset", "telnet_level", "load=")
    assert sales("group", "show", "sales", "--json").json()["settings"] == {"preferred_codec": "g711alaw"}
    assert sales("phone", "show", MAC, "--json").json()["wanted_load"] == "P0S3-8-12-00"


def test_a_group_with_phones_is_not_removed(sales: Ringup) -> None:
    refused(sales("group", "remove", "sales"), f"has 1 phone: {MAC}.", f'ringup phone set {MAC} --group ""')
    assert sales("phone", "set", MAC, "--group", "").status == 0
    assert sales("group", "remove", "sales").out.splitlines()[0] == "- group sales"
    assert sales("group", "list", "--json").json() == {"version": 1, "groups": []}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "salse"), ["group salse: is not in the site. Did you mean sales?"]),
        (("set", "salse", "telnet_level=1"), ["Did you mean sales?"]),
        (("remove", "kitchen"), ["Add it: `ringup group add kitchen`."]),
        (("add", "sales"), ["is in the site already. Change it: `ringup group set sales`."]),
        (("add", "a b"), ["name is 'a b'"]),
        (("add", "kitchen", "--set", "telnet_level=5"), ["from 0 to 2"]),
        (("add", "kitchen", "--load", "P0S3-08-12-00"), ["Write that name."]),
        (("set", "sales"), ["Name a setting to change"]),
        (("set", "sales", "laod=P0S3-8-12-00"), ["Did you mean load?"]),
        (("set", "sales", "telnet_levle=1"), ["Did you mean telnet_level?"]),
        (("set", "sales", "--unset", "sync"), ["has no setting sync. Its settings: preferred_codec."]),
        (("set", "sales", "image_version=P0S3-8-12-00"), ["image_version is written from load."]),
    ],
)
def test_a_mistake_is_refused_with_what_to_do(sales: Ringup, words: tuple[str, ...], said: list[str]) -> None:
    before = sales("export", "--reveal").out
    refused(sales("group", *words), *said)
    assert sales("export", "--reveal").out == before


def test_a_group_may_have_a_services_menu_of_its_own(sales: Ringup) -> None:
    sales("group", "set", "sales", "services=directory talking")
    assert sales("group", "show", "sales", "--json").json()["services"] == "directory talking"
    refused(sales("group", "set", "sales", "services=Two  words"), "Write names of services")
