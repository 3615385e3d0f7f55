"""For each rule, a change to the correct folder that the rule reports, and no other rule."""

from collections.abc import Mapping

from ringup.emulator.firmware import make_sip_package, signed
from ringup.wire import loads
from ringup.wire.loads import LoadsList
from tests.lint.good_bundle import (
    APPLICATION_FILE,
    DIALPLAN,
    GOOD,
    LIST,
    LOAD,
    LOADER,
    OWN,
    RINGLIST,
    SEP,
)

Change = Mapping[str, bytes | None]
"""New bytes by name; None removes the file."""

DEFAULT = "SIPDefault.cnf"
XML = "XMLDefault.cnf.xml"


def edit(name: str, old: str, new: str) -> Change:
    """Return one replacement in a file of the correct folder."""
    before = GOOD[name]
    after = before.replace(old.encode("latin-1"), new.encode("latin-1"))
    assert after != before, f"{name} does not hold {old!r}"
    return {name: after}


def add(text: str, name: str = OWN) -> Change:
    """Return lines to add at the end of a file."""
    return {name: GOOD[name] + text.encode("latin-1")}


def moved(old: str, new: str) -> Change:
    """Return a file under another name."""
    return {old: None, new: GOOD[old]}


def rule(template: str) -> Change:
    """Return one more line in the dial template."""
    return edit("dialplan.xml", "  <!--", f"  {template}\n  <!--")


def page(text: str) -> Change:
    """Return a page for the phone's screen."""
    return {"page.xml": text.encode()}


NAT = edit(DEFAULT, "nat_enable: UNPROVISIONED", "nat_enable: 1\nnat_address: 203.0.113.5")
MARKED_OTHERWISE = APPLICATION_FILE[404:].replace(b"PAS3ARM1", b"PAS3ARM2", 1)
OTHER_LIST = signed(f"{LOAD}.loads", loads.build(LoadsList(LIST.loader, LIST.application, "PAS3OLD1")))

ON_SCCP = "SEP001122334455"
SCCP_FILE = (
    b"<device>\n  <loadInformation>P00308010200</loadInformation>\n"
    b"  <devicePool><callManagerGroup><members>\n"
    b"  <member><callManager><ports><ethernetPhonePort>2000</ethernetPhonePort></ports>\n"
    b"  <processNodeName>192.168.1.10</processNodeName></callManager></member>\n"
    b"  </members></callManagerGroup></devicePool>\n</device>\n"
)
SKINNY = (
    b"[general]\nbindaddr = 192.168.1.10 ; the PBX\nbindport=2000\n\n[lines]\n[203]\n\n[devices]\n"
    b"[ada]\ndevice => sep001122334455\nline => 203\n"
)
WITH_SCCP: Mapping[str, bytes] = {
    f"{ON_SCCP}.cnf.xml": SCCP_FILE, "skinny.conf": SKINNY,
    **{n: d for n, d in make_sip_package("P00308010200", "P00308010200").items() if n != "OS79XX.TXT"},
}  # fmt: skip
"""The files of an SCCP phone without a fault."""


def sccp(old: bytes, new: bytes) -> Change:
    """Return the SCCP phone with one replacement in its files."""
    return {name: data.replace(old, new) for name, data in WITH_SCCP.items()}


CASES: Mapping[str, Change] = {
    "F101": {OWN: b""},
    "F102": moved(OWN, "SIP001646c0ffee.cnf"),
    "F103": moved("syncinfo.xml", "SyncInfo.xml"),
    "F104": {
        "SIP1646C0FFEE.cnf": GOOD[OWN].splitlines(keepends=True)[1].replace(b"201", b"205")
        + b"line1_password: x\r\n"
    },
    "F105": {"dialplan.XML": DIALPLAN},
    "F106": {"SIP001646C0FFEE.cnf.bak": GOOD[OWN]},
    "F112": {"CTLSEP001646C0FFEE.tlv": b"\n"},
    "F107": {OWN: b"\xef\xbb\xbf" + GOOD[OWN]},
    "F108": {OWN: GOOD[OWN].decode("latin-1").encode("utf-16")},
    "F109": {OWN: GOOD[OWN].decode("latin-1").encode("utf-8")},
    "F110": edit(OWN, "201\r\n", "201\r"),
    "F111": edit(OWN, "Larry\r\n", "Larry\n"),
    "C101": add("proxy2_adress: 10.0.0.1\r\n"),
    "C102": add("reg.1.displayName: Larry\r\n"),
    "C103": add("Phone_Prompt: Larry\r\n"),
    "C104": add("this is no setting\r\n"),
    "C105": add('phone_prompt: "Larry\r\n'),
    "C106": add('phone_prompt: "Larry" Ellison\r\n'),
    "C107": add("phone_prompt=Larry\r\n"),
    "C108": add("line1_name: 201\r\n"),
    "C109": add("line1_name: 203\r\n"),
    "C110": add("phone_prompt: ###PROMPT###\r\n"),
    "C111": add("messages_uri: 500 # voicemail\r\n"),
    "C112": add("phone_prompt: \x93Larry\x94\r\n"),
    "C113": add("phone_prompt: 'Larry'\r\n"),
    "C114": edit(OWN, 'line1_password: "s3cret"', "line1_password: s3;cret"),
    "C115": {OWN: b"<?xml version='1.0'?>\n<device/>\n"},
    "C201": add("voip_control_port: 0x13C4\r\n"),
    "C202": add("tos_media: 7\r\n"),
    "C203": edit(DEFAULT, "start_media_port: 16384", "start_media_port: 16385"),
    "C204": add("user_info: telephone\r\n"),
    "C205": add("dyn_dns_addr_1: 10.0.0\r\n"),
    "C206": edit(DEFAULT, '"192.168.1.10"', '"192.168.1.300"'),
    "C207": add("services_url: https://192.168.1.10/\r\n"),
    "C208": edit(DEFAULT, "dst_start_month: March", "dst_start_month: Maerz"),
    "C209": edit(DEFAULT, "dst_start_day_of_week: Sun", "dst_start_day_of_week: sunday"),
    "C210": add("dst_start_time: 25:00\n", DEFAULT),
    "C211": edit(DEFAULT, "time_zone: CET", "time_zone: Europe/Berlin"),
    "C213": add("phone_prompt: Lar\x07ry\r\n"),
    "C214": edit(OWN, '"s3cret"', '"0123456789abcdef0123456789abcdef"'),
    "C216": add("date_format: D-M-YY\r\n"),
    "C221": edit(DEFAULT, "image_version: P0S3-8-12-00", "image_version: P0S3-8-12-00.sb2"),
    "C222": edit(DEFAULT, "image_version: P0S3-8-12-00", "image_version: P0S3-08-12-00"),
    "C223": edit(DEFAULT, "image_version: P0S3-8-12-00", "image_version: p0s3-8-12-00"),
    "C224": edit(DEFAULT, "image_version: P0S3-8-12-00", "image_version: P003-8-12-00"),
    "C225": edit(DEFAULT, "image_version: P0S3-8-12-00", "image_version: SIP41.8-5-4S"),
    "C301": edit(DEFAULT, "timer_t2: 4000", "timer_t2: 400"),
    "C302": edit(DEFAULT, "end_media_port: 32766", "end_media_port: 16384"),
    "C303": edit(DEFAULT, "proxy_backup_port: 5060", "proxy_backup_port: 5070"),
    "C304": add('proxy1_address: ""\r\n'),
    "C305": edit(OWN, "line1_name: 201", "line1_name: UNPROVISIONED"),
    "C306": edit(OWN, '"s3cret"', '""'),
    "C307": edit(DEFAULT, 'telnet_level: 0\nphone_password: "cisco"', 'telnet_level: 2\nphone_password: "x"'),
    "C308": edit(DEFAULT, "telnet_level: 0", "telnet_level: 1"),
    "C309": NAT,
    "C310": add("nat_address: 203.0.113.5\r\n"),
    "C311": edit(DEFAULT, 'sntp_server: "192.168.1.1"', "sntp_server: 0.0.0.0"),
    "C312": edit(DEFAULT, "proxy_register: 1", "proxy_register: 0"),
    "C313": {
        OWN: GOOD[OWN].replace(b"cnf: Larry", b"cnf: Larry's 7940")
        + b"line3_name: 203\r\nline3_authname: 203\r\nline3_password: z\r\n"
    },
    "C314": add("line6_name: 299\n", DEFAULT),
    "C315": add("dnd_control: 2\n", DEFAULT),
    "C316": add("dyn_tftp_addr: 192.168.1.77\r\n"),
    "C317": edit(OWN, 'line2_name: ""', "line2_name: 201"),
    "C318": {"SIP001646111111.cnf": GOOD[OWN].replace(b"C0FFEE", b"111111")},
    "C319": add("proxy1_address: USECALLMANAGER\r\n"),
    "C320": add("proxy1_address: 127.0.0.1\r\n"),
    "C321": edit(DEFAULT, "nat_enable: UNPROVISIONED", "nat_enable: 1"),
    "C322": add("logo_url: http://files.office/logo.bmp\r\n"),
    "C331": edit(DEFAULT, "dst_start_day: 0", "dst_start_day: 25"),
    "C332": edit(DEFAULT, "dst_start_month: March", "dst_start_month: April"),
    "C334": edit(DEFAULT, "time_zone: CET", "# time_zone"),
    "C341": {
        OWN: GOOD[OWN].replace(b"s3cret", b"1234"),
        "SIP001646111111.cnf": b"line1_name: 205\nline1_authname: 205\nline1_password: 1234\n",
    },
    "C333": {
        DEFAULT: b"".join(
            line for line in GOOD[DEFAULT].splitlines(keepends=True) if not line.startswith(b"dst_st")
        )
    },
    "X401": {**add("image_version: P0S3-08-11-00\r\n"), SEP: None},
    "X402": edit(XML, '7960">P0S3-8-12-00', '7960">P00308010200'),
    "X403": edit(SEP, LOAD, "P0S3-08-11-00"),
    "X404": {**add("image_version: P0S3-08-11-00\r\n"), SEP: None},
    "X405": edit(OWN, "# SIP001646C0FFEE", "# SIP001646C0FFE0"),
    "X406": edit(SEP, "<device>", "<device><!-- SEP001646C0FFE0 -->"),
    "X407": {DEFAULT: None},
    "X408": {XML: None},
    "X409": edit("syncinfo.xml", '"7"', '"8"'),
    "X410": edit(DEFAULT, "dial_template: dialplan", "dial_template: dialplan.xml"),
    "X411": edit(DEFAULT, "dial_template: dialplan", "dial_template: DIALPLAN"),
    "X412": add('tftp_cfg_dir: "./phones/"\n', DEFAULT),
    "S101": page("<CiscoIPPhoneText><Text>Larry & Co</Text></CiscoIPPhoneText>"),
    "S102": page(f"<CiscoIPPhoneDirectory>{'<DirectoryEntry/>' * 33}</CiscoIPPhoneDirectory>"),
    "S103": page(f"<CiscoIPPhoneMenu><Title>{'t' * 33}</Title></CiscoIPPhoneMenu>"),
    "S104": page("<CiscoIPPhoneExecute><ExecuteItem URL='Dial:201'/></CiscoIPPhoneExecute>"),
    "S105": {**page("<CiscoIPPhoneRingList/>"), "RINGLIST.DAT": None},
    "M513": edit(XML, "<Default>", "<Default>\n  <!-- {$server.address} -->"),
    "D401": rule('<TEMPLATE MATCH="1206......." TIMEOUT="0"/>'),
    "R709": {"RINGLIST.DAT": b"<CiscoIPPhoneRingList/>"},
    "M501": edit(XML, "</Default>", "</default>"),
    "M502": edit(XML, "Default>", "device>"),
    "M503": edit(XML, "  <callManagerGroup>", "  see below\n  <callManagerGroup>"),
    "M504": edit(XML, 'loadInformation8 model="IP Phone 7940">P0S3-8-12-00', "loadInformation8>"),
    "M505": edit(XML, "loadInformation30018", "loadInformation"),
    "M506": edit(SEP, LOAD, f"{LOAD}.loads"),
    "M507": edit(SEP, LOAD, "P0S3-08-12-00"),
    "M508": edit(SEP, LOAD, LOADER),
    "M509": edit(XML, '7940">P0S3-8-12-00', '7940">P0S3-08-11-00'),
    "M510": edit(XML, "IP Phone 7960", "IP Phone 7940"),
    "M511": edit(SEP, f"<loadInformation>{LOAD}</loadInformation>", ""),
    "M512": edit(SEP, ">SIP<", ">SCCP<"),
    "Y801": edit("syncinfo.xml", '<IMAGE VERSION="*" SYNC="7"/>', ""),
    "Y802": {
        "syncinfo.xml": b'<SYNCINFO><IMAGE VERSION="*" SYNC="%s"/></SYNCINFO>\n' % (b"7" * 33),
    },
    "K101": sccp(b"sep001122334455", b"SEP0011223344FF"),
    "K102": {"skinny.conf": SKINNY, "XMLDefault.cnf.xml": b"<Default></Default>"},
    "K103": sccp(b"<processNodeName>192.168.1.10</processNodeName>", b""),
    "K104": sccp(b">192.168.1.10<", b">192.168.1.1<"),
    "K105": sccp(b"bindport=2000", b"bindport=2443"),
    "K106": sccp(b"bindaddr = 192.168.1.10", b"bindaddr = 0.0.0.0"),
    "O601": {"OS79XX.TXT": b"P003-8-12-00 \n"},
    "O602": {"OS79XX.TXT": b"P003-8-12-00\nP0S3-8-12-00\n"},
    "O603": {"OS79XX.TXT": b"P003-8-12-00.bin\n"},
    "O604": {"OS79XX.TXT": b"loader\n"},
    "O605": {"OS79XX.TXT": b"P003-08-12-00\n"},
    "O606": {"OS79XX.TXT": b"P0S3-8-12-00\r\n"},
    "O607": {"OS79XX.TXT": b"P003-08-11-00\n"},
    "O608": {"OS79XX.TXT": b"P003-8-12-00"},
    "R701": {"RINGLIST.DAT": RINGLIST.replace(b"Style\t", b"Style  ")},
    "R702": {"RINGLIST.DAT": RINGLIST.replace(b"owl.pcm", b"owl.pcm ")},
    "R703": {"RINGLIST.DAT": RINGLIST.replace(b"Owl", b"Old Style")},
    "R704": {"RINGLIST.DAT": RINGLIST.replace(b"owl.pcm", b"Owl.pcm")},
    "R705": {"owl.pcm": b"\xff" * 16_320},
    "R706": {"owl.pcm": b"\xff" * 80},
    "R707": {"owl.pcm": b"\xff" * 250},
    "R708": {"owl.pcm": b"RIFF".ljust(480, b"\0")},
    "D101": edit("dialplan.xml", "</DIALTEMPLATE>", ""),
    "D102": edit("dialplan.xml", "extensions", "x" * 8_192),
    "D103": edit("dialplan.xml", "DIALTEMPLATE", "DIALTEMPLATES"),
    "D104": rule('<Template MATCH="112" TIMEOUT="0"/>'),
    "D105": rule("<RULE/>"),
    "D106": rule('<TEMPLATE MATCH="112" TIMEOUT="0" COLOUR="red"/>'),
    "D107": rule('<TEMPLATE MATCH="112" TIMEOUT="soon"/>'),
    "D108": rule(f'<TEMPLATE MATCH="{"1" * 64}" TIMEOUT="0"/>'),
    "D109": rule('<TEMPLATE MATCH="112" TONE="" TONE="" TONE="" TONE=""/>'),
    "D110": rule("112"),
    "D201": rule('<TEMPLATE MATCH="3." TIMEOUT="0" LINE="7"/>'),
    "D202": rule('<TEMPLATE MATCH="3." TIMEOUT="0"/>\n  <TEMPLATE MATCH="3..." TIMEOUT="0"/>'),
    "D203": rule('<TEMPLATE MATCH="2.." TIMEOUT="0"/>'),
    "D301": rule('<TEMPLATE MATCH="3XX" TIMEOUT="0"/>'),
    "D302": rule('<TEMPLATE MATCH="3\\" TIMEOUT="0"/>'),
    "D303": rule('<TEMPLATE MATCH="31.1.1.1.1.1." TIMEOUT="0" REWRITE="%1%2"/>'),
    "D304": rule('<TEMPLATE MATCH="3q" TIMEOUT="0"/>'),
    "L901": {f"{LOADER}.sbn": None, f"{LOADER}.bin": None},
    "L902": {f"{LOAD}.sb2": APPLICATION_FILE[:300]},
    "L903": {f"{LOAD}.sb2": signed("P0S3-08-12-00.sb2", APPLICATION_FILE[404:])},
    "L904": {f"{LOAD}.loads": OTHER_LIST},
    "L905": {f"{LOAD}.sb2": b"<html>404</html>".ljust(756_524)},
    "L906": {f"{LOADER}.bin": GOOD[f"{LOADER}.sbn"]},
    "L909": moved(f"{LOAD}.sb2", f"{LOAD}.SB2"),
    "L910": {"P0S30202.bin": b"an image from before 5.0"},
    "L908": {"P0S3-08-11-00.sb2": make_sip_package("P0S3-08-11-00")["P0S3-08-11-00.sb2"]},
    "L907": {f"{LOAD}.sb2": signed(f"{LOAD}.sb2", MARKED_OTHERWISE)},
}


def changed(change: Change) -> dict[str, bytes]:
    """Return the correct folder's files with a case's change."""
    files = {**GOOD, **change}
    return {name: data for name, data in files.items() if data is not None}
