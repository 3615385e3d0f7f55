"""Sites for the tests of the renderers, and the worst texts that operators may write."""

from hypothesis import strategies as st

from ringup.site.model import SPECIAL_EXTENSIONS, DialRule, Group, Line, Pbx, Phone, Ring, Site

SERVER = "192.168.1.5"

LARRY = Phone(
    mac="001646C0FFEE",
    label="Larry",
    group="sales",
    password="unlock-me",
    lines=(Line(extension="201", name="Larry Ellison", secret="s3cret-of-201", voicemail_pin="4711"),),
)
ADA = Phone(
    mac="001646000000",
    model="7940",
    load="P0S3-08-11-00",
    settings={"time_format_24hr": "0"},
    lines=(
        Line(
            extension="202", name="Ada Lovelace, Dr.", secret="a;b", short_name="Ada", display_name="Ada L."
        ),
        Line(extension="9001", secret="workshop", auth_name="workshop", voicemail=False),
    ),
)

HOME = Site(
    name="home",
    time_zone="Europe/London",
    pbx=Pbx(address="192.168.1.10"),
    groups=(Group(name="sales", settings={"callerid_blocking": "1"}),),
    phones=(LARRY.model_copy(update={"group": ""}),),
)
"""The site of somebody who has only added one phone."""

OFFICE = Site(
    name="office",
    time_zone="America/New_York",
    ntp_server="ntp.example.com",
    settings={"telnet_level": "1", "services_url": "http://192.168.1.5/services", "phone_prompt": "Office"},
    sync="7",
    rings=(Ring(name="Old Style", file="ringer1.pcm"), Ring(name="Owl", file="owl.pcm")),
    pbx=Pbx(
        address="pbx.example.com",
        outside_dial="PJSIP/${EXTEN:1}@trunk",
        transport="transport-udp",
        options={"direct_media": "yes", "timers": "", "rtp_keepalive": "5"},
    ),
    groups=(Group(name="sales", load="P0S3-08-9-00", settings={"callerid_blocking": "1"}),),
    phones=(LARRY, ADA),
)
"""A site with groups, two models, three loads, outside calls, overridden settings and options."""

OLD = OFFICE.model_copy(
    update={
        "pbx": OFFICE.pbx.model_copy(
            update={
                "driver": "chan_sip",
                "outside_dial": "SIP/trunk/${EXTEN:1}",
                "options": {"qualify": "200"},
            }
        ),
        "phones": (LARRY, ADA.model_copy(update={"lines": ADA.lines[:1]})),
    }
)
"""The same site with chan_sip, which has no separate user name for authentication."""

RULES = HOME.model_copy(
    update={
        "dial_rules": (
            DialRule(match="2..", timeout=0),
            DialRule(match="112", timeout=0, route="emergency", user=""),
            DialRule(match="9,011*", timeout=6, rewrite="%s", tone="Bellcore-Outside"),
            DialRule(match="\\*37..", timeout=1),
        )
    }
)

LINE_ENDS = "\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"

plain = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters='"'), max_size=40
)
"""Texts that the records accept: anything without control characters, line ends and double quotes."""

odd = st.one_of(
    plain,
    st.text(st.sampled_from("[]();#=>,|$\\{}<&'% \t.*-_!/:@\u00a0ä0A"), max_size=40).map(
        lambda text: text.replace("\t", " ")
    ),
    st.sampled_from(
        [
            "[general]",
            "x;y",
            "\\",
            "\\;",
            ";--",
            "a;-- b",
            "#exec => /bin/sh",
            "${SHELL(id)}",
            "x)\\,System(id",
            "<TEMPLATE/>",
            "&amp;",
        ]
    ),
)
secrets = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters='"'), min_size=1, max_size=31
)
extensions = st.from_regex(r"[0-9*+A-Za-z.-][0-9*#+A-Za-z_.-]{0,8}", fullmatch=True).filter(
    lambda text: text.lower() not in SPECIAL_EXTENSIONS
)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """Return a line with such texts."""
    return Line(
        extension=draw(extensions),
        name=draw(odd),
        secret=draw(secrets),
        short_name=draw(odd),
        display_name=draw(odd)[:31],
        voicemail=draw(st.booleans()),
        voicemail_pin=draw(st.from_regex(r"[0-9]{0,6}", fullmatch=True)),
    )


@st.composite
def sites(draw: st.DrawFn) -> Site:
    """Return a site with such texts in every place where an operator may write one."""
    phones = [
        Phone(mac=f"{number:012X}", label=draw(odd), lines=tuple(draw(st.lists(lines(), max_size=3))))
        for number in range(draw(st.integers(0, 3)))
    ]
    return Site(
        name=draw(odd),
        rings=tuple(Ring(name=f"r{draw(odd)}", file=f"f{draw(odd)}") for _ in range(draw(st.integers(0, 2)))),
        pbx=Pbx(outside_dial=draw(odd), address=draw(st.sampled_from(["", "192.168.1.10"]))),
        phones=tuple(phones),
    )
