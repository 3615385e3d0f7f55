"""Sites of every kind that may be stored, for property tests."""

from ipaddress import IPv4Address, IPv4Network

from hypothesis import strategies as st

from ringup.site.model import SPECIAL_EXTENSIONS, DialRule, Group, Line, Pbx, Phone, Ring, Site, Subnet

PLAIN = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters='"', max_codepoint=0xFF),
    max_size=31,
)
SECRETS = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters='"'), min_size=1, max_size=31
).filter(lambda text: text != "********")
ANY_SECRETS = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from(' ";\t\0\r\n\x0b\x1b\x85\u2028*#')),
    min_size=1,
    max_size=40,
)
"""Secrets of every kind that an import may bring into the site."""
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "telnet_level": st.sampled_from(["0", "1", "2", "01"]),
        "tos_media": st.sampled_from(["0", "5"]),
        "services_url": st.sampled_from(["", "http://192.168.1.10/", "UNPROVISIONED"]),
        "preferred_codec": st.sampled_from(["none", "g711alaw", "G711ULAW"]),
        "cfwd_url": st.sampled_from(
            ["", "0123", "yes", "null", "~", "1e3", "0x1F", "- a", "a: b", "# x", "'"]
        ),
    },
)
EXTENSIONS = st.from_regex(r"[0-9*+A-Za-z.-][0-9*#+A-Za-z_.-]{0,9}", fullmatch=True).filter(
    lambda text: text != "500" and text.lower() not in SPECIAL_EXTENSIONS
)
LOADS = st.sampled_from(["P0S3-8-12-00", "P0S3-08-11-00", "P00308010200"])
MACS = st.binary(min_size=6, max_size=6).map(lambda data: data.hex().upper())


@st.composite
def lines(draw: st.DrawFn, extension: str) -> Line:
    return Line(
        extension=extension,
        name=draw(PLAIN),
        secret=draw(SECRETS),
        auth_name=draw(PLAIN),
        short_name=draw(PLAIN),
        display_name=draw(PLAIN),
        voicemail=draw(st.booleans()),
        voicemail_pin=draw(st.from_regex(r"[0-9]{0,16}", fullmatch=True)),
    )


@st.composite
def phones(draw: st.DrawFn, mac: str, extensions: list[str], groups: list[str], number: int) -> Phone:
    model = draw(st.sampled_from(["7940", "7960"]))
    count = min(len(extensions), draw(st.integers(0, 2 if model == "7940" else 6)))
    return Phone(
        mac=mac,
        model=model,
        group=draw(st.sampled_from(["", *groups])),
        label=draw(PLAIN),
        address=draw(st.sampled_from([None, IPv4Address(f"10.0.0.{10 + number}")])),
        load=draw(LOADS | st.just("")),
        password=draw(SECRETS | st.just("")),
        settings=draw(SETTINGS),
        lines=tuple(draw(lines(extensions.pop())) for _ in range(count)),
    )


@st.composite
def sites(draw: st.DrawFn) -> Site:
    """A site that passes every check."""
    extensions = draw(st.lists(EXTENSIONS, unique=True, max_size=12))
    names = draw(st.lists(st.from_regex(r"[A-Za-z0-9_.-]{1,12}", fullmatch=True), unique=True, max_size=3))
    macs = draw(st.lists(MACS, unique=True, max_size=4))
    return Site(
        name=draw(PLAIN),
        time_zone=draw(st.sampled_from(["Etc/UTC", "Europe/London", "America/New_York"])),
        ntp_server=draw(st.sampled_from(["", "192.168.1.1"])),
        load=draw(LOADS),
        other_loads=draw(st.dictionaries(st.sampled_from(["6", "30018"]), st.just("SIP41.8-5-4S"))),
        country=draw(st.sampled_from(["", "DE"])),
        server_address=draw(st.sampled_from([None, IPv4Address("10.0.0.1")])),
        settings=draw(SETTINGS),
        subnets=draw(st.sampled_from([(), (SUBNET,), (SUBNET, OTHER_SUBNET)])),
        dial_rules=tuple(draw(st.lists(DIAL_RULES, max_size=3))),
        rings=tuple(draw(st.lists(st.builds(Ring, name=PLAIN, file=PLAIN), max_size=2))),
        sync=draw(st.sampled_from(["1", "007", "a.b-c"])),
        pbx=draw(PBXES),
        groups=tuple(
            Group(name=name, load=draw(LOADS | st.just("")), settings=draw(SETTINGS)) for name in names
        ),
        phones=tuple(draw(phones(mac, extensions, names, number)) for number, mac in enumerate(macs)),
    )


SUBNET = Subnet.model_validate(
    {"network": IPv4Network("10.0.0.0/24"), "first": "10.0.0.100", "last": "10.0.0.200"}
)
OTHER_SUBNET = Subnet.model_validate(
    {
        "network": "10.0.1.0/24",
        "first": "10.0.1.100",
        "last": "10.0.1.200",
        "router": "10.0.1.1",
        "dns": ["10.0.1.1", "9.9.9.9"],
        "domain": "example.com",
        "lease_seconds": 3600,
    }
)
DIAL_TEXT = PLAIN.map(lambda text: text.translate(dict.fromkeys(map(ord, "<>&"))))
DIAL_RULES = st.builds(
    DialRule,
    match=DIAL_TEXT.filter(bool),
    timeout=st.integers(0, 600),
    rewrite=DIAL_TEXT,
    user=st.sampled_from(["", "Phone", "IP"]),
    tone=DIAL_TEXT,
)
PBXES = st.builds(
    Pbx,
    address=st.sampled_from(["", "192.168.1.10", "pbx.example.com"]),
    port=st.integers(1, 65535),
    driver=st.sampled_from(["pjsip", "chan_sip"]),
    outside_prefix=st.sampled_from(["", "9", "0", "00"]),
    outside_dial=PLAIN,
    options=st.dictionaries(st.sampled_from(["direct_media", "allow"]), PLAIN),
    manager_user=PLAIN,
    manager_secret=SECRETS | st.just(""),
)
