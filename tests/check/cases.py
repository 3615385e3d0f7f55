"""Cases with one fault each: the code of the rule that must find it, the facts, and the text of the
finding.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Interface
from typing import Any

from ringup.adoption.lines import PbxAccount
from ringup.asterisk.freepbx import FreePbx, FreePbxExtension
from ringup.check import iptables_text
from ringup.check.facts import (
    Ban,
    ClockState,
    DiskSpace,
    Facts,
    InterfaceFact,
    KeaState,
    Listener,
    ManagerRefusal,
    OtherDhcp,
    Place,
    RequiredAccess,
    ServiceUser,
    SntpReply,
    Transport,
    UrlAnswer,
)
from ringup.check.firewall import Chain, FilterRule, Match, Ruleset
from ringup.errors import Problem
from ringup.finding import ERROR, NOTE, WARNING, Finding, Location, Severity
from ringup.rule import Unknown, known
from ringup.site.model import Group, Line, Phone
from ringup.store.books import BookState
from tests.check.sound import ALL, ETH0, FILES, PBX, PHONE, SITE, SOUND, STATE, SUBNET, URL


@dataclass(frozen=True, slots=True)
class Case:
    code: str
    says: str
    facts: Facts
    severity: str = "error"


def but(**changes: Any) -> Facts:
    return replace(SOUND, **changes)


SOUND_BOOKS = known(SOUND.books)


def book(**changes: Any) -> Facts:
    return but(books=(replace(SOUND_BOOKS[0], **changes),))


def site(**changes: Any) -> Facts:
    return but(site=SITE.model_copy(update=changes))


def of_pbx(**changes: Any) -> Facts:
    return but(pbx=replace(PBX, **changes))


def in_pbx_record(facts: Facts, **changes: Any) -> Facts:
    return replace(facts, site=SITE.model_copy(update={"pbx": SITE.pbx.model_copy(update=changes)}))


def freepbx(number: str, **options: str) -> FreePbx:
    account = PbxAccount(
        number, "a-secret", "", has_mailbox=False, driver="pjsip", where="pjsip.endpoint.conf:9"
    )
    return FreePbx(
        {number: FreePbxExtension(account, {"force_rport": "no", **options})}, {"0.0.0.0-udp": 5060}
    )


def phone(**changes: Any) -> Facts:
    return site(phones=(PHONE.model_copy(update=changes),))


def holding(*sockets: Listener) -> Facts:
    return but(listeners=(Listener("udp", "0.0.0.0", 5060, "", "asterisk", 500), *sockets))


ON_SCCP = Phone(mac="0011223344AA", protocol="sccp", lines=(Line(extension="203", secret="a-secret-of-203"),))


def filtered(text: str) -> Facts:
    table = iptables_text.read(text)
    return but(rulesets=(table,) if isinstance(table, Ruleset) else ())


def file(number: int, **changes: Any) -> Facts:
    files = list(FILES)
    files[number] = replace(files[number], **changes)
    return but(pbx_files=tuple(files))


def closed(*places: Place) -> Facts:
    return but(rights=(RequiredAccess("the database", places[-1].path, needs_writing=True, places=places),))


def difference(code: str, severity: Severity, extension: str) -> Finding:
    where = Location(f"line {extension}")
    return Finding(code, severity, where, "Asterisk refuses its secret.", "Write it.")


SECOND = Phone(mac="001646C0FFEF", lines=(Line(extension="202", secret="b-secret"),))
LONG = Line(extension="201", secret="0123456789abcdef0123456789abcdef")
NFT_OUT = Ruleset(
    "nftables",
    "inet office",
    {
        "out": Chain(
            "out",
            (
                FilterRule("x", (Match("sport", (67, 5060)),), "accept"),
                FilterRule(
                    "oifname eth0 meta l4proto udp drop",
                    (Match("oif", ("eth0",)), Match("protocol", ("udp",))),
                    "drop",
                ),
            ),
            "output",
        )
    },
)
FIREWALLD = Ruleset(
    "firewalld",
    "inet firewalld",
    {
        "filter_INPUT": Chain(
            "filter_INPUT", (FilterRule("reject", (Match("dport", (69,)),), "reject"),), "input"
        )
    },
)
CHAN_SIP: Mapping[str, Any] = {"driver": "chan_sip"}
CHAN_SIP_PBX = replace(
    PBX,
    version="16.28.0",
    modules=PBX.modules | {"chan_sip.so"},
    transports=(),
    accounts={"201": {"Force rport": "No"}},
)

CASES: Mapping[str, Case] = {
    "a clock without a battery": Case(
        "clock", "shows the year 1970", but(clock=ClockState(1970, is_synchronised=True))
    ),
    "a clock that nothing sets": Case(
        "clock-sync", "not synchronised", but(clock=ClockState(2026, is_synchronised=False)), "warning"
    ),
    "a full disk": Case("disk", "has 3 MB left", but(disk=DiskSpace("/var/lib/ringup", 3_000_000))),
    "a disk nearly full": Case(
        "disk", "has 150 MB left", but(disk=DiskSpace("/var/lib/ringup", 150_000_000)), "warning"
    ),
    "a database folder of root's": Case(
        "rights", "chown -R ringup /srv/ringup", closed(STATE[0], Place("/srv/ringup", 0, 0, 0o755))
    ),
    "a folder on the way that is closed": Case(
        "rights",
        "setfacl -m u:ringup:x /root",
        closed(STATE[0], Place("/root", 0, 0, 0o700), Place("/root/ringup", 990, 990, 0o700)),
    ),
    "an interface that is not there": Case(
        "interface", "There is no interface wlan0; there are: eth0", but(interface_name="wlan0")
    ),
    "an interface without an address": Case(
        "interface",
        "ip address add 192.0.2.2/24 dev eth0",
        but(interfaces=(InterfaceFact("eth0"),), interface_name="eth0"),
    ),
    "no interface with an address": Case(
        "interface", "No interface has an IPv4 address.", but(interfaces=(InterfaceFact("eth0"),))
    ),
    "an interface that is down": Case(
        "interface", "ip link set eth0 up", but(interfaces=(replace(ETH0, is_up=False),))
    ),
    "two interfaces in the site's network": Case(
        "interface",
        "eth0 (192.0.2.10), eth1 (192.0.2.11)",
        but(interfaces=(ETH0, InterfaceFact("eth1", (IPv4Interface("192.0.2.11/24"),)))),
    ),
    "no network": Case("network", "has no network, so no phone gets an address", site(subnets=())),
    "a network of neither address": Case(
        "network",
        "for this interface (198.51.100.1, 203.0.113.1); it has 192.0.2.0/24",
        but(
            interfaces=(
                InterfaceFact("eth0", (IPv4Interface("198.51.100.1/24"), IPv4Interface("203.0.113.1/24"))),
            )
        ),
    ),
    "a network of another interface": Case(
        "network",
        "no network for this interface (198.51.100.1); it has 192.0.2.0/24",
        but(interfaces=(InterfaceFact("eth0", (IPv4Interface("198.51.100.1/24"),)),)),
    ),
    "another mask": Case(
        "addresses",
        "eth0 has 192.0.2.10/16, but phones get the mask of 192.0.2.0/24",
        but(interfaces=(InterfaceFact("eth0", (IPv4Interface("192.0.2.10/16"),)),)),
        "warning",
    ),
    "a reservation of our own address": Case(
        "addresses",
        "the reservation 192.0.2.10, this machine's own",
        phone(address=IPv4Address("192.0.2.10")),
    ),
    "a pool of one address for two phones": Case(
        "addresses",
        "has addresses for only 1 of 2 phones",
        replace(
            site(
                subnets=(SUBNET.model_copy(update={"last": IPv4Address("192.0.2.100")}),),
                phones=(PHONE, SECOND),
            ),
            pbx=replace(
                PBX,
                accounts={"201": {}, "202": {}},
                boxes=frozenset(("201@ringup", "202@ringup")),
            ),
        ),
    ),
    "files of another machine": Case(
        "server-address",
        "from 192.0.2.99, which is not an address of this machine",
        site(server_address=IPv4Address("192.0.2.99")),
    ),
    "dnsmasq on 67": Case(
        "dhcp-port",
        "dnsmasq (process 7) has UDP port 67. Stop it: systemctl disable --now dnsmasq",
        holding(Listener("udp", "0.0.0.0", 67, "eth0", "dnsmasq", 7)),
    ),
    "a second ringup on 67": Case(
        "dhcp-port",
        "Another ringup server (process 8) has UDP port 67.",
        holding(Listener("udp", "0.0.0.0", 67, "eth0", "python3", 8, is_ringup=True)),
    ),
    "tftpd on 69": Case(
        "tftp-port",
        "in.tftpd (process 9) has UDP port 69. Stop it: systemctl disable --now tftpd-hpa",
        holding(Listener("udp", "0.0.0.0", 69, "", "in.tftpd", 9)),
    ),
    "somebody that a plain user may not see on 69": Case(
        "tftp-port",
        "Another program has UDP port 69. As root, find the program, and stop it: ss -lnp sport = :69",
        holding(Listener("udp", "*", 69)),
    ),
    "nginx on 80": Case(
        "http-ports",
        "nginx (process 10) has TCP port 80",
        holding(Listener("tcp", "0.0.0.0", 80, "", "nginx", 10)),
        "warning",
    ),
    "kamailio on 5060": Case(
        "sip-port",
        "kamailio (process 11) has UDP port 5060, which Asterisk needs. Stop it: kill 11",
        but(listeners=(Listener("udp", "0.0.0.0", 5060, "", "kamailio", 11),)),
    ),
    "a firewall that drops DHCP": Case(
        "firewall-dhcp",
        "iptables -I INPUT -i eth0 -p udp --dport 67 -j ACCEPT",
        filtered("-P INPUT ACCEPT\n-A INPUT -p udp --dport 67 -j DROP"),
    ),
    "a firewall that drops what is not of the network": Case(
        "firewall-dhcp",
        "drops a DISCOVER",
        filtered(
            "-P INPUT ACCEPT\n-A INPUT -s 192.0.2.0/24 -p udp --dport 67 -j ACCEPT\n"
            "-A INPUT -p udp --dport 67 -j DROP"
        ),
    ),
    "a firewall that drops TFTP's requests": Case(
        "firewall-tftp",
        "iptables (chain INPUT) drops a request: -A INPUT -p udp --dport 69 -j REJECT.",
        filtered("-P INPUT ACCEPT\n-A INPUT -p udp --dport 69 -j REJECT"),
    ),
    "a firewall that drops TFTP's ACKs": Case(
        "firewall-tftp",
        "drops an ACK: policy drop.",
        filtered(
            "-P INPUT DROP\n-A INPUT -p udp -m multiport --dports 67,69,5060 -j ACCEPT\n"
            "-A INPUT -p tcp -j ACCEPT"
            "\n-A INPUT -p udp --dport 30000:39999 -j ACCEPT"
        ),
    ),
    "a firewall that drops TFTP's replies": Case(
        "firewall-tftp",
        "iptables -I OUTPUT -o eth0 -p udp -j ACCEPT",
        filtered(
            "-P OUTPUT DROP\n-A OUTPUT -p udp -m multiport --sports 67,5060 -j ACCEPT\n"
            "-A OUTPUT -p tcp -j ACCEPT"
        ),
    ),
    "nftables that drops TFTP's replies": Case(
        "firewall-tftp",
        "nftables (table inet office, chain out) drops a file's first block: oifname eth0 meta l4proto udp"
        " drop. Let it through: nft insert rule inet office out oifname eth0 meta l4proto udp accept",
        but(rulesets=(NFT_OUT,)),
    ),
    "ufw that nobody told of TFTP": Case(
        "firewall-tftp",
        "ufw (chain INPUT) drops a request: policy drop. Let it through:"
        " ufw allow in on eth0 to any port 69 proto udp",
        filtered(
            "-P INPUT DROP\n-N ufw-user-input\n-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT\n"
            "-A INPUT -j ufw-user-input\n-A ufw-user-input -p udp -m multiport --dports 67,5060 -j ACCEPT\n"
            "-A ufw-user-input -p tcp --dport 6970 -j ACCEPT"
        ),
    ),
    "firewalld that nobody told of TFTP": Case(
        "firewall-tftp",
        "firewall-cmd --permanent --add-port=69/udp; firewall-cmd --reload",
        but(rulesets=(FIREWALLD,)),
    ),
    "a firewall that drops HTTP": Case(
        "firewall-http",
        "drops a request",
        filtered("-P INPUT ACCEPT\n-A INPUT -p tcp --dport 6970 -j DROP"),
        "warning",
    ),
    "a firewall that drops sound": Case(
        "firewall-rtp",
        "iptables -I INPUT -i eth0 -p udp --dport 10000:20000 -j ACCEPT",
        filtered("-P INPUT ACCEPT\n-A INPUT -p udp -m udp --dport 10000:20000 -j DROP"),
    ),
    "a firewall that lets a part of the sound in": Case(
        "firewall-rtp",
        "drops a phone's sound (middle port) and a phone's sound (last port):",
        filtered("-P INPUT ACCEPT\n-A INPUT -p udp -m udp --dport 14000:30000 -j DROP"),
    ),
    "a firewall that lets no sound out": Case(
        "firewall-rtp",
        "iptables -I OUTPUT -o eth0 -p udp --sport 10000:20000 -j ACCEPT",
        filtered("-P OUTPUT ACCEPT\n-A OUTPUT -p udp -m udp --dport 16384:32767 -j DROP"),
    ),
    "a TFTP port of ours among Asterisk's": Case(
        "rtp-ports",
        "ringup serve (process 77) has UDP port 12000, one of Asterisk's ports for sound (10000 to 20000)",
        holding(Listener("udp", "0.0.0.0", 12_000, "", "python3", 77, True, True)),
        "warning",
    ),
    "a phone whose SIP port is among its own": Case(
        "rtp-ports",
        "ringup phone set 001646C0FFEE voip_control_port=5060",
        phone(settings={"voip_control_port": "20000"}),
        "warning",
    ),
    "a firewall that drops SIP": Case(
        "firewall-sip",
        "drops a REGISTER",
        filtered("-P INPUT ACCEPT\n-A INPUT -i eth0 -p udp --dport 5060 -j DROP"),
    ),
    "a firewall that drops SCCP": Case(
        "firewall-sccp",
        "iptables -I INPUT -i eth0 -p tcp --dport 2000 -j ACCEPT",
        replace(
            filtered("-P INPUT ACCEPT\n-A INPUT -i eth0 -p tcp --dport 2000 -j DROP"),
            site=SITE.model_copy(update={"phones": (*SITE.phones, ON_SCCP)}),
        ),
    ),
    "a phone that fail2ban keeps out": Case(
        "fail2ban",
        "fail2ban-client set asterisk unbanip 192.0.2.101",
        but(bans=(Ban("asterisk", IPv4Address("192.0.2.101")), Ban("sshd", IPv4Address("203.0.113.5")))),
    ),
    "another DHCP server": Case(
        "other-dhcp", "Another DHCP server, 192.0.2.1,", but(other_dhcp=OtherDhcp("192.0.2.1", ""))
    ),
    "no DHCP server at all": Case("other-dhcp", "No DHCP server answers", but(dhcp=False, other_dhcp=None)),
    "a DHCP server that names no TFTP server": Case(
        "other-dhcp",
        "192.0.2.1 names no TFTP server for their files. Set its option 150 (an address) and 66"
        " (a text) to 192.0.2.10.",
        but(dhcp=False, other_dhcp=OtherDhcp("192.0.2.1", "")),
    ),
    "a DHCP server that names another TFTP server": Case(
        "other-dhcp",
        "sends phones to 192.0.2.7",
        but(dhcp=False, other_dhcp=OtherDhcp("192.0.2.1", "192.0.2.7")),
    ),
    "an NTP server that is silent": Case(
        "ntp",
        "or let ringup send the time: ringup site set ntp_server=; ringup serve --sntp",
        but(sntp=SntpReply("192.0.2.1", None)),
        "warning",
    ),
    "no NTP server at all": Case(
        "ntp",
        "or let ringup send the time: ringup serve --sntp",
        but(sntp=SntpReply("192.0.2.10", None), site=SITE.model_copy(update={"ntp_server": ""})),
        "warning",
    ),
    "this machine as an NTP server without the time": Case(
        "ntp",
        "That is this machine. Synchronise its clock, or start `serve --sntp --trust-clock`:",
        but(sntp=SntpReply("192.0.2.10", 0), site=SITE.model_copy(update={"ntp_server": ""})),
        "warning",
    ),
    "an NTP server without the time": Case(
        "ntp", "has no time itself (stratum 16)", but(sntp=SntpReply("192.0.2.1", 16)), "warning"
    ),
    "no phones": Case("phones", "The site has no phones.", site(phones=())),
    "a phone without a line": Case("phones", "001646C0FFEE has no line", phone(lines=()), "warning"),
    "a password of 32 characters": Case(
        "passwords",
        "has 32 characters; 7940/7960 firmware takes 31. Set another: ringup phone set 001646C0FFEE --line 1",
        phone(lines=(LONG,)),
    ),
    "a load that is not filed": Case(
        "firmware",
        "/fw: P0S3-8-12-00.loads is missing. 1 phone needs load P0S3-8-12-00.",
        but(loads={"P0S3-8-12-00": (Problem("/fw", "P0S3-8-12-00.loads is missing.", ""),)}),
    ),
    "an SCCP load of a SIP phone": Case(
        "firmware",
        "P00308010200 speaks SCCP, but the protocol of 001646C0FFEE is sip",
        phone(load="P00308010200"),
        "warning",
    ),
    "a SIP load of an SCCP phone": Case(
        "firmware",
        "P0S3-8-12-00 speaks SIP, but the protocol of 001646C0FFEE is sccp",
        replace(phone(load="P0S3-8-12-00", protocol="sccp"), rulesets=()),
        "warning",
    ),
    "an SCCP load of a site with SIP": Case(
        "firmware",
        "the protocol of 001646C0FFEE is sip",
        replace(site(load="P00308010200"), loads={}),
        "warning",
    ),
    "a file of ours that is not there": Case(
        "pbx-files", "ringup_pjsip.conf is not in Asterisk's folder.", file(0, is_there=False)
    ),
    "a file of ours that is old": Case("pbx-files", "differs from the site", file(1, is_current=False)),
    "a file of ours that nobody includes": Case(
        "pbx-files", "extensions.conf does not include ringup_extensions.conf", file(2, is_included=False)
    ),
    "no manager user": Case(
        "pbx-manager",
        "as root; it shows the change and asks: ringup pbx install",
        in_pbx_record(but(pbx=Unknown("none")), manager_user=""),
        "warning",
    ),
    "no manager user, and Asterisk elsewhere": Case(
        "pbx-manager",
        "ringup site set pbx.manager_user=",
        in_pbx_record(but(pbx=Unknown("none")), manager_user="", manager_host="192.168.1.20"),
        "warning",
    ),
    "a manager that nobody answers for": Case(
        "pbx-manager",
        "does not answer. Start it: systemctl start asterisk",
        but(
            pbx=Unknown("first"),
            refusal=ManagerRefusal("It does not answer.", "Start it:", ("systemctl start asterisk",)),
        ),
    ),
    "a manager without any permission": Case(
        "pbx-permissions",
        "read = system,call,command",
        but(pbx=Unknown("first"), refusal=ManagerRefusal("Permission denied.", "", is_permission=True)),
    ),
    "a manager that may not write": Case(
        "pbx-permissions", "lacks write = system,command,config,reporting", of_pbx(write=frozenset())
    ),
    "a manager that hears no events": Case(
        "pbx-permissions", "lacks read = system,security", of_pbx(read=ALL - {"system", "security"})
    ),
    "a module that is not loaded": Case(
        "pbx-modules",
        "asterisk -rx 'module load res_pjsip_registrar.so'",
        of_pbx(modules=PBX.modules - {"res_pjsip_registrar.so"}),
    ),
    "realtime whose module is switched off": Case(
        "pbx-modules",
        "has not loaded res_config_pgsql.so",
        in_pbx_record(
            of_pbx(modules=PBX.modules | {"res_sorcery_realtime.so"}),
            realtime="postgresql://asterisk@10.0.0.5/asterisk",
        ),
    ),
    "chan_sip on a version without it": Case(
        "pbx-modules", "22.10.1 has not loaded chan_sip.so", in_pbx_record(but(), driver="chan_sip")
    ),
    "three voicemail modules": Case(
        "pbx-applications",
        "as root; it shows the change and asks: ringup pbx install",
        of_pbx(
            applications=PBX.applications - {"voicemailmain"}, modules=PBX.modules | {"app_voicemail_imap.so"}
        ),
    ),
    "three voicemail modules, and a folder that is not ringup's": Case(
        "pbx-applications",
        "noload => app_voicemail_odbc.so; noload => app_voicemail_imap.so",
        in_pbx_record(
            of_pbx(
                applications=PBX.applications - {"voicemailmain"},
                modules=PBX.modules | {"app_voicemail_imap.so"},
            ),
            etc="",
        ),
    ),
    "no voicemail module": Case(
        "pbx-applications",
        "asterisk -rx 'module load app_voicemail.so'",
        of_pbx(
            applications=PBX.applications - {"voicemailmain", "voicemail"},
            modules=PBX.modules - {"app_voicemail.so"},
        ),
    ),
    "no Echo": Case(
        "pbx-applications", "has no application Echo", of_pbx(applications=PBX.applications - {"echo"})
    ),
    "a transport that is not there": Case(
        "pbx-transport",
        "has no transport mine; its UDP transports: ringup-udp",
        in_pbx_record(but(), transport="mine"),
    ),
    "ringup's transport not opened": Case(
        "pbx-transport",
        "has no transport ringup-udp, so it cannot receive requests from phones",
        of_pbx(transports=()),
    ),
    "two transports on one port": Case(
        "pbx-transport",
        "ringup site set pbx.transport=transport-udp",
        of_pbx(transports=(Transport("transport-udp", "udp", "0.0.0.0:5060"), *PBX.transports)),
    ),
    "a transport for TCP": Case(
        "pbx-transport",
        "uses tcp; these phones use UDP",
        in_pbx_record(of_pbx(transports=(Transport("mine", "tcp", "0.0.0.0:5060"),)), transport="mine"),
    ),
    "a transport on another port": Case(
        "pbx-transport",
        "ringup site set pbx.port=5160",
        in_pbx_record(of_pbx(transports=(Transport("mine", "udp", "0.0.0.0:5160"),)), transport="mine"),
    ),
    "a line that Asterisk does not have": Case("pbx-accounts", "has no endpoint 201", of_pbx(accounts={})),
    "five lines that Asterisk does not have": Case(
        "pbx-accounts",
        "has no endpoint 201, 202, 203, 204 and 1 more.",
        replace(
            site(
                phones=(
                    PHONE,
                    *(
                        SECOND.model_copy(
                            update={
                                "mac": f"00164600000{n}",
                                "lines": (Line(extension=f"20{n}", secret="s"),),
                            }
                        )
                        for n in range(2, 6)
                    ),
                )
            ),
            pbx=replace(PBX, accounts={}, boxes=None),
        ),
    ),
    "force_rport": Case(
        "pbx-accounts", "Endpoint 201 has force_rport on", of_pbx(accounts={"201": {"force_rport": "true"}})
    ),
    "rewrite_contact": Case(
        "pbx-accounts",
        "Endpoint 201 has rewrite_contact on",
        of_pbx(accounts={"201": {"rewrite_contact": "true"}}),
    ),
    "nat": Case(
        "pbx-accounts",
        "Write nat=no into its section of sip.conf",
        in_pbx_record(but(pbx=replace(CHAN_SIP_PBX, accounts={"201": {"Force rport": "Yes"}})), **CHAN_SIP),
    ),
    "a box that is not there": Case(
        "pbx-dialplan", "has no voicemail box 201@ringup", of_pbx(boxes=frozenset())
    ),
    "a box that a hand-made account names": Case(
        "pbx-dialplan",
        "has no voicemail box 201@office, 299@default. Write it into voicemail.conf, then: ringup pbx reload",
        in_pbx_record(
            of_pbx(accounts={"201": {"mailboxes": "201@office,299", "context": "ringup"}}, boxes=frozenset()),
            etc="",
        ),
    ),
    "a context that a hand-made peer names": Case(
        "pbx-dialplan",
        "has no context phones, so phones cannot dial. Write it into extensions.conf",
        in_pbx_record(
            but(pbx=replace(CHAN_SIP_PBX, accounts={"201": {"Force rport": "No", "Context": "phones"}})),
            driver="chan_sip",
            etc="",
        ),
    ),
    "no context": Case("pbx-dialplan", "has no context ringup", of_pbx(contexts=frozenset())),
    "a file that was changed by hand": Case(
        "pbx-files", "ringup_pjsip.conf was changed by hand.", file(0, is_current=False, is_by_hand=True)
    ),
    "an extension of FreePBX as it makes them": Case(
        "pbx-files",
        "Extension 201: Force rport is on: answers go to the port the phone sends from, so it never "
        "registers. Set in FreePBX: Extensions > 201 > Advanced > Force rport: No. Then Apply Config.",
        in_pbx_record(but(freepbx=freepbx("201", force_rport="yes")), etc="", freepbx="/etc/asterisk"),
    ),
    "a line that FreePBX does not have": Case(
        "pbx-files",
        "Extension 201: FreePBX has no extension with a secret for pjsip.",
        in_pbx_record(but(freepbx=freepbx("202")), etc="", freepbx="/etc/asterisk"),
    ),
    "Asterisk's folder is FreePBX's": Case(
        "pbx-files",
        "would delete ringup's lines. Let ringup only read them: ringup site set pbx.etc= "
        "pbx.freepbx=/etc/asterisk",
        but(freepbx=freepbx("201")),
    ),
    "an option that FreePBX has not applied": Case(
        "pbx-accounts",
        "Endpoint 201 has force_rport on",
        in_pbx_record(
            replace(of_pbx(accounts={"201": {"force_rport": "true"}}), freepbx=freepbx("201")),
            etc="",
            freepbx="/etc/asterisk",
        ),
    ),
    "a button's page with a host name, and no DNS for the phones": Case(
        "phone-urls",
        "services_url is http://intranet/menu.xml. DHCP gives phones in 192.0.2.0/24 no DNS server, so they"
        " cannot resolve intranet. Write the server's address instead of its name: ringup site set"
        " services_url=URL",
        site(settings={"services_url": "http://intranet/menu.xml"}),
        "warning",
    ),
    "a page that its server redirects": Case(
        "phone-urls",
        "redirects it to https://192.0.2.9/menu.xml.",
        but(urls={URL: UrlAnswer(301, "https://192.0.2.9/menu.xml")}),
        "warning",
    ),
    "a page at a wrong port": Case(
        "phone-urls",
        "does not answer: Connection refused.",
        but(urls={URL: UrlAnswer(error="Connection refused")}),
        "warning",
    ),
    "a logo of a group that is not there": Case(
        "phone-urls",
        "logo_url is http://192.0.2.9/logo.bmp. The server has no such page (404). Correct the path: ringup"
        " group set sales logo_url=URL",
        replace(
            site(
                groups=(Group(name="sales", settings={"logo_url": "http://192.0.2.9/logo.bmp"}),), settings={}
            ),
            urls={"http://192.0.2.9/logo.bmp": UrlAnswer(404)},
        ),
        "warning",
    ),
    "a Kea that has not followed": Case(
        "kea",
        "Kea differs from the site: + a, + b, ~ c and 1 more. Make Kea follow: ringup kea apply --yes",
        but(kea=KeaState(("+ a", "+ b", "~ c", "- d"))),
        "warning",
    ),
    "a Kea that does not answer": Case(
        "kea",
        "Kea does not answer on /run/kea/s: Connection refused. Start it.",
        but(kea=KeaState(faults=(("Kea does not answer on /run/kea/s: Connection refused.", "Start it."),))),
    ),
    "an address book that cannot be read": Case(
        "directory",
        "The address book people cannot be read: No such file. Its 12 last names stay. Check its path.",
        book(fault="No such file.", cure="Check its path."),
    ),
    "an address book that never could be read": Case(
        "directory",
        "Its names are missing.",
        book(count=0, read_at=0.0, fault="No such file.", cure="Check its path."),
    ),
    "a file of the command line that cannot be read": Case(
        "directory",
        "/srv/more.csv cannot be read: No such file.",
        but(
            books=(
                *SOUND_BOOKS,
                BookState("/srv/more.csv", "", fault="No such file.", cure="Check its path."),
            )
        ),
    ),
    "an address book that nothing has read": Case(
        "directory", "ringup directory read people", but(books=()), "warning"
    ),
    "an address book at another place": Case(
        "directory", "has not been read yet", book(origin="another"), "warning"
    ),
    "names that are left out": Case(
        "directory",
        "people are left out: people.csv:3: 'ask' is not a number.",
        book(left_out="people.csv:3: 'ask' is not a number."),
        "warning",
    ),
    "a secret that Asterisk refuses": Case(
        "pbx-verify",
        "line 201: Asterisk refuses its secret. Write it.",
        but(verified=(difference("secret", ERROR, "201"), difference("not-registered", NOTE, "202"))),
    ),
    "an unknown device": Case(
        "pbx-verify", "line 201", but(verified=(difference("user-agent", WARNING, "201"),)), "warning"
    ),
}

SOUND_TOO: Mapping[str, Facts] = {
    "a book of a source that is gone": but(books=(*SOUND_BOOKS, BookState("old", "", fault="No answer."))),
    "as it is": SOUND,
    "names that another DHCP server's DNS may know": replace(
        site(settings={"services_url": "http://intranet/"}),
        dhcp=False,
        other_dhcp=OtherDhcp("192.0.2.1", "192.0.2.10"),
        urls={"http://intranet/": UrlAnswer(200)},
    ),
    "a Kea that follows": site(kea="/run/kea/kea4-ctrl-socket"),
    "no pages of others": site(settings={"services_url": ""}),
    "chan_sip": in_pbx_record(but(pbx=CHAN_SIP_PBX), **CHAN_SIP),
    "its own server runs": holding(
        Listener("udp", "0.0.0.0", 67, "eth0", "python3", 8, is_ringup=True, has_our_database=True),
        Listener("udp", "0.0.0.0", 69, "", "python3", 8, is_ringup=True, has_our_database=True),
        Listener("tcp", "0.0.0.0", 80, "", "python3", 8, is_ringup=True, has_our_database=True),
    ),
    "another's DHCP": but(dhcp=False, other_dhcp=OtherDhcp("192.0.2.1", "192.0.2.10")),
    "a PBX elsewhere": replace(
        in_pbx_record(but(), address="192.0.2.20"),
        listeners=(Listener("udp", "0.0.0.0", 5060, "", "kamailio", 1),),
    ),
    "root, whom no mode stops": replace(
        closed(STATE[0], Place("/etc/asterisk", 120, 120, 0o000)),
        user=ServiceUser("root", 0, frozenset((0,))),
    ),
    "comedia alone": in_pbx_record(
        but(pbx=replace(CHAN_SIP_PBX, accounts={"201": {"Force rport": "No", "Symmetric RTP": "Yes"}})),
        **CHAN_SIP,
    ),
    "a manager that may do all": of_pbx(read=frozenset(("all",)), write=frozenset(("all",))),
    "no firewall": but(rulesets=()),
    "a phone that is not plugged in": but(verified=(difference("not-registered", NOTE, "201"),)),
}
"""Further machines without a fault."""
