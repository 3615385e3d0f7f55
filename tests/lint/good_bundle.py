"""A TFTP folder without a fault, as operators write one, and how a bundle is made from it."""

from collections.abc import Mapping

from ringup.emulator.firmware import make_sip_package
from ringup.lint.bundle import Bundle, SourceFile
from ringup.wire.loads import LoadsList

LOAD = "P0S3-8-12-00"
LOADER = "P003-8-12-00"
VERSION = "PAS30830"
OWN = "SIP001646C0FFEE.cnf"
NEIGHBOUR = "SIP001646000000.cnf"
"""A phone that no case changes, and that no rule may report."""
SEP = "SEP001646C0FFEE.cnf.xml"

DEFAULT_CNF = b"""\
# Every phone
image_version: P0S3-8-12-00
proxy1_address: "192.168.1.10" ; the PBX
proxy1_port: 5060
proxy_register: 1
cnf_join_enable : 1
proxy_backup: ""
proxy_backup_port: 5060
outbound_proxy: UNPROVISIONED
preferred_codec: none
timer_t1: 500
timer_t2: 4000
start_media_port: 16384
end_media_port: 32766
nat_enable: UNPROVISIONED
telnet_level: 0
phone_password: "cisco"
sntp_server: "192.168.1.1"
sntp_mode: unicast
time_zone: CET
dst_auto_adjust: 1
dst_start_month: March
dst_start_day: 0
dst_start_day_of_week: Sun
dst_start_week_of_month: 8
dst_stop_month: Oct
dst_stop_day: ""
dst_stop_day_of_week: Sun
dst_stop_week_of_month: 8
dial_template: dialplan
sync: 7
"""
OWN_CNF = b"""\
# SIP001646C0FFEE.cnf: Larry\r
line1_name: 201\r
line1_authname: "201"\r
line1_password: "s3cret"\r
line1_displayname: "Larry";\r
line2_name: ""\r
line2_password: UNPROVISIONED\r
phone_label: "Larry M\xfcller"\r
"""
NEIGHBOUR_CNF = b'line1_name: "202"\nline1_authname: "202"\nline1_password: "other"\n'
XML_DEFAULT = b"""\
<Default>
  <callManagerGroup>
    <members><member priority="0"><callManager><processNodeName>192.168.1.10</processNodeName>
    </callManager></member></members>
  </callManagerGroup>
  <loadInformation7 model="IP Phone 7960">P0S3-8-12-00</loadInformation7>
  <loadInformation8 model="IP Phone 7940">P0S3-8-12-00</loadInformation8>
  <loadInformation30018 model="IP Phone 7961">SIP41.8-5-4S</loadInformation30018>
</Default>
"""
SEP_XML = b"""\
<device>
  <deviceProtocol>SIP</deviceProtocol>
  <loadInformation>P0S3-8-12-00</loadInformation>
</device>
"""
DIALPLAN = b"""\
<DIALTEMPLATE>
  <!-- extensions -->
  <TEMPLATE MATCH="2.." TIMEOUT="0" USER="Phone"/>
  <TEMPLATE MATCH="9,*" TIMEOUT="5"/>
</DIALTEMPLATE>
"""
RINGLIST = b"Old Style\tringer1.pcm\r\nOwl\towl.pcm\r\n"
SYNCINFO = b'<SYNCINFO>\n  <IMAGE VERSION="*" SYNC="7"/>\n</SYNCINFO>\n'


PACKAGE = make_sip_package(LOAD, LOADER)
APPLICATION_FILE = PACKAGE[f"{LOAD}.sb2"]
LIST = LoadsList(f"{LOADER}.sbn", f"{LOAD}.sb2", VERSION)


GOOD: Mapping[str, bytes] = {
    "SIPDefault.cnf": DEFAULT_CNF,
    OWN: OWN_CNF,
    NEIGHBOUR: NEIGHBOUR_CNF,
    "XMLDefault.cnf.xml": XML_DEFAULT,
    SEP: SEP_XML,
    "OS79XX.TXT": b"P003-8-12-00\n",
    "dialplan.xml": DIALPLAN,
    "RINGLIST.DAT": RINGLIST,
    "ringer1.pcm": b"\x7f" * 240,
    "owl.pcm": b"\xff" * 16_080,
    "syncinfo.xml": SYNCINFO,
    **{name: data for name, data in PACKAGE.items() if name != "OS79XX.TXT"},
    "README": b"not for phones",
}


def bundle_of(files: Mapping[str, bytes], *, is_complete: bool = True) -> Bundle:
    """Return these files as one bundle."""
    return Bundle(tuple(SourceFile(name, data) for name, data in files.items()), is_complete)
