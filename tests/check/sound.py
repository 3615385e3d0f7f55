"""A machine without faults and one phone; each case changes one of its facts."""

from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from ringup.check import iptables_text
from ringup.check.facts import (
    ClockState,
    DiskSpace,
    Facts,
    InterfaceFact,
    KeaState,
    Listener,
    PbxFileState,
    PbxState,
    Place,
    RequiredAccess,
    ServiceUser,
    SntpReply,
    Transport,
    UrlAnswer,
)
from ringup.check.pbx_rules import APPLICATIONS, MODULES, SHARED_MODULES
from ringup.check.rtp import RtpPorts
from ringup.site.model import DirectorySource, Line, Pbx, Phone, Site, Subnet
from ringup.store.books import BookState

URL = "http://192.0.2.9/menu.xml"
PEOPLE = DirectorySource(name="people", url="/etc/ringup/people.csv")
PHONE = Phone(mac="001646C0FFEE", lines=(Line(extension="201", secret="a-secret"),))
SUBNET = Subnet(
    network=IPv4Network("192.0.2.0/24"),
    first=IPv4Address("192.0.2.100"),
    last=IPv4Address("192.0.2.199"),
    router=IPv4Address("192.0.2.1"),
)
SITE = Site(
    subnets=(SUBNET,),
    phones=(PHONE,),
    ntp_server="192.0.2.1",
    directory=(PEOPLE,),
    settings={"services_url": URL},
    pbx=Pbx(etc="/etc/asterisk", manager_user="ringup", manager_secret="m"),
)
ETH0 = InterfaceFact("eth0", (IPv4Interface("192.0.2.10/24"),))
FILES = tuple(
    PbxFileState(f"ringup_{name}.conf", f"{name}.conf", is_there=True, is_current=True, is_included=True)
    for name in ("pjsip", "voicemail", "extensions")
)
ALL = frozenset(("system", "call", "command", "config", "reporting", "security"))
PBX = PbxState(
    "22.10.1",
    read=ALL,
    write=ALL,
    modules=frozenset((*MODULES["pjsip"], *SHARED_MODULES, "app_voicemail.so")),
    applications=frozenset(name.lower() for name in APPLICATIONS),
    transports=(Transport("ringup-udp", "udp", "0.0.0.0:5060"),),
    accounts={"201": {"force_rport": "false", "rewrite_contact": "false"}},
    boxes=frozenset(("201@ringup",)),
    contexts=frozenset(("ringup",)),
)
STATE = (
    Place("/", 0, 0, 0o755),
    Place("/var", 0, 0, 0o755),
    Place("/var/lib/ringup", 990, 990, 0o700),
)
FIREWALL = iptables_text.read(
    """-P INPUT DROP
-P OUTPUT ACCEPT
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -i eth0 -p udp -m multiport --dports 67,69,5060 -j ACCEPT
-A INPUT -i eth0 -p udp -m udp --dport 10000:20000 -j ACCEPT
-A INPUT -i eth0 -p tcp -m tcp --dport 6970 -j ACCEPT
"""
)
assert FIREWALL is not None
SOUND = Facts(
    SITE,
    interfaces=(ETH0,),
    listeners=(
        Listener("udp", "0.0.0.0", 5060, "", "asterisk", 500),
        Listener("udp", "127.0.0.53", 53, "lo", "systemd-resolved", 300),
        Listener("udp", "0.0.0.0", 67, "virbr0", "dnsmasq", 400),
        Listener("udp", "[::]", 69, "", "in.tftpd", 600),
    ),
    rulesets=(FIREWALL,),
    other_dhcp=None,
    loads={"P0S3-8-12-00": ()},
    pbx_files=FILES,
    pbx=PBX,
    verified=(),
    rtp=RtpPorts(10_000, 20_000),
    bans=(),
    books=(BookState("people", PEOPLE.origin, 12, read_at=1.0),),
    urls={URL: UrlAnswer(200)},
    kea=KeaState(),
    sntp=SntpReply("192.0.2.1", 2),
    clock=ClockState(2026, is_synchronised=True),
    disk=DiskSpace("/var/lib/ringup", 50_000_000_000),
    user=ServiceUser("ringup", 990, frozenset((990,))),
    rights=(
        RequiredAccess("the folder of the database", "/var/lib/ringup", needs_writing=True, places=STATE),
    ),
)
"""Facts without a fault; a dnsmasq on another interface and a TFTP server for IPv6 only do no harm."""
