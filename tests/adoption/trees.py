"""Folders to import: one that ringup rendered, and one as people have edited it over the years."""

from pathlib import Path

from ringup.files.find import File, FileFinder, Requester
from ringup.firmware.folder import FirmwareFolder
from ringup.site.model import Site

SERVER = "192.168.1.5"


def write_rendered(site: Site, folder: Path) -> None:
    """Write every file that phones of this site may request."""
    finder = FileFinder(site, FirmwareFolder(None), SERVER, check_owner=False)
    for name in finder.names():
        found = finder.find(name, Requester(""))
        if isinstance(found, File):
            (folder / name).write_bytes(found.data)


OLD: dict[str, str] = {
    "SIPDefault.cnf": """\
# from the old server
image_version: P0S3-08-12-00
proxy1_address: "192.168.1.10" ; pbx
proxy_register : 1
messages_uri: 500
dial_template: DIALPLAN
preferred_codec: G711alaw
time_zone: CET
dst_auto_adjust: 1
dst_start_month: March
dst_start_week_of_month: 8
dst_start_day_of_week: Sun
dst_start_time: 02/00
dst_stop_month: 10
dst_stop_week_of_month: 8
dst_stop_day_of_week: Sunday
dst_stop_time: 3
telnet_level: 2
reg.1.displayName: Polycom's
this is no line
""",
    "SIP001646c0ffee.cnf": """\
line1_name = 201
line1_displayname: "Larry"
line1_password: 0123456789abcdef0123456789abcdef
phone_label: "Larry"
""",
    "SIP001646000000.cnf": """\
line1_name: 202
line1_authname: "202"
line1_password: "ada"
line1_displayname: "Ada"
line2_name: UNPROVISIONED
line3_name: 9001
line3_authname: workshop
line3_password: w
line3_displayname: ""
timer_register_expires: 60
""",
    "SIP001646000001.cnf": """\
line1_name: 202
line1_password: ada
timer_register_expires: 60
timer_t1: 0x10
""",
    "SIP001646000002.cnf": "",
    "DIALPLAN.xml": """\
<DIALTEMPLATE>
  <TEMPLATE MATCH="2.." TIMEOUT="0" User="Phone"/>
  <TEMPLATE MATCH="9,*" TIMEOUT="5" TONE="Bellcore-Outside"/>
  <TEMPLATE MATCH="0" LINE="1"/>
</DIALTEMPLATE>
""",
    "RINGLIST.DAT": "Owl\towl.pcm\nOld Style  ringer1.pcm\n",
    "XMLDefault.cnf.xml": '<Default><loadInformation7 model="x">P0S3-8-12-00</loadInformation7></Default>',
    "notes.txt": "call Ann",
}


def write_old(folder: Path) -> None:
    """Write the folder of the old server."""
    for name, text in OLD.items():
        (folder / name).write_text(text, encoding="latin-1")
    (folder / "owl.pcm").write_bytes(b"\xff" * 480)
