"""`ringup adopt` with a folder of all kinds of files; then a server gives a phone each name."""

from contextlib import closing
from pathlib import Path

import pytest

from ringup.engine.found import Found
from ringup.files.find import FileFinder, Requester
from ringup.firmware.folder import FirmwareFolder
from ringup.serve.tftp.traffic import PolledTraffic
from ringup.store.database import open_database
from ringup.store.revisions import read_site
from ringup.wire.tftp import Data, Error
from tests.adoption.trees import SERVER
from tests.cli.terminal import Ringup
from tests.firmware.damaged import APPLICATION, LIST, other_sip, sip, sip_79x1
from tests.serve.tftp.bench import Phone, serving_over

ADA = "001646000000"

SETTINGS = {
    "SIPDefault.cnf": b"image_version: P0S3-8-12-00\nproxy1_address: 192.168.1.10\ndial_template: office\n",
    f"SIP{ADA}.cnf": b"line1_name: 201\nline1_password: ada\n",
    "RINGLIST.DAT": b"Owl\towl.pcm\nBell\tbells/bell.raw\n",
    "XMLDefault.cnf.xml": b"<Default><loadInformation7>P0S3-8-12-00</loadInformation7></Default>",
    "OS79XX.TXT": b"P003-8-12-00",
    "syncinfo.xml": b'<SYNCINFO VERSION="1.0"><IMAGE VERSION="*" SYNC="1"/></SYNCINFO>',
}
"""Files that ringup renders from records."""

OTHERS = {
    "office.xml": b'<DIALTEMPLATE><TEMPLATE MATCH="2.." TIMEOUT="0"/></DIALTEMPLATE>\n',
    "owl.pcm": bytes(range(256)) * 30,
    "bells/bell.raw": b"\x7f" * 8000,
    "logo.bmp": b"BM" + bytes(500),
    "phonebook.xml": b"<CiscoIPPhoneDirectory><Prompt>Ann &amp; Bob</Prompt></CiscoIPPhoneDirectory>",
    "services.xml": b"<CiscoIPPhoneMenu/>\r\n",
    "spare_dialplan.xml": b'<DIALTEMPLATE><TEMPLATE MATCH="*"/></DIALTEMPLATE>',
    "ringlist.xml": b"<CiscoIPPhoneRingList/>",
    "US/7960-tones.xml": b"<tones/>",
    "German_Germany/7960-font.xml": b"\xff\xfe<font/>",
    "Desktops/320x212x12/List.xml": b"<CiscoIPPhoneImageList/>",
    "Desktops/320x212x12/sea.png": b"\x89PNG" + bytes(1024),
    "SEP001D452C0FFE.cnf.xml": b"<device><loadInformation>SIP41.8-5-4S</loadInformation></device>",
    "CTLSEP001D452C0FFE.tlv": b"\0",
    "SIPDefault.cnf2": b"line1_name: old\n",
    "README": b"do not touch",
}


def everything() -> dict[str, bytes]:
    """A folder like real ones, with firmware in subfolders, an incomplete load, and another model's load."""
    incomplete = {f"old/{name}": data for name, data in other_sip().items() if not name.startswith("P003")}
    return {
        **SETTINGS,
        **OTHERS,
        **{f"sip-8.12/{name}": data for name, data in sip().items()},
        **incomplete,
        **sip_79x1(),
    }


def write(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


@pytest.fixture(name="tree")
def _tree(tmp_path: Path) -> Path:
    tree = tmp_path / "tftpboot"
    write(tree, everything())
    return tree


def finder_of(state: Path) -> FileFinder:
    """Return the finder that `ringup serve` makes for the same folders."""
    engine = open_database(str(state / "ringup.db"))
    site = read_site(engine)
    engine.dispose()
    firmware, own = (FirmwareFolder(state / name) for name in ("firmware", "files"))
    return FileFinder(site, firmware, SERVER, check_owner=False, own_files=own)


async def fetched(finder: FileFinder, names: list[str]) -> dict[str, bytes]:
    """Return what a phone gets over TFTP; absent names are left out."""

    def find(name: str, _address: str) -> Found:
        return finder.find(name, Requester(""))

    got = {}
    async with serving_over(lambda sockets, wake_up, *_: PolledTraffic(sockets, wake_up), find=find) as (
        service,
        _,
    ):
        for name in names:
            with closing(Phone()) as phone:
                packet, _ = await phone.ask(name, ("127.0.0.1", service.port))
                if isinstance(packet, Error):
                    continue
                assert isinstance(packet, Data)
            with closing(Phone()) as phone:
                got[name] = await phone.fetch(name, ("127.0.0.1", service.port))
    return got


def adopt(ringup: Ringup, tree: Path, *more: str) -> tuple[int, str]:
    said = ringup("adopt", str(tree), "--firmware", str(tree.parent / "firmware"), *more)
    assert said.err == ""
    return said.status, said.out


@pytest.mark.thorough
@pytest.mark.asyncio
async def test_every_file_is_served_as_it_was_or_made_from_records(ringup: Ringup, tree: Path) -> None:
    status, out = adopt(ringup, tree)
    assert status == 0, out
    wanted = {name: data for name, data in everything().items() if Path(name).name not in SETTINGS}
    got = await fetched(finder_of(tree.parent), [*everything(), LIST, APPLICATION, "dialplan.xml"])
    assert got.keys() == {*everything(), LIST, APPLICATION, "dialplan.xml"}
    assert {name: data for name, data in got.items() if name in wanted} == wanted
    assert got[APPLICATION] == sip()[APPLICATION]
    assert b'MATCH="2.."' in got["dialplan.xml"]
    assert b"bells/bell.raw" in got["RINGLIST.DAT"]
    assert f"{len(wanted)} of {len(wanted)} copied files are served unchanged" in out
    assert all(f"\n  {name}" in out for name in everything())


def test_a_dry_run_names_the_same_files_and_copies_none(ringup: Ringup, tree: Path) -> None:
    status, out = adopt(ringup, tree, "--dry-run")
    assert status == 0
    assert all(f"\n  {name}" in out for name in everything())
    assert not (tree.parent / "files").exists()
    assert not (tree.parent / "firmware").exists()


@pytest.mark.asyncio
async def test_each_name_that_is_not_served_is_told_with_its_reason(ringup: Ringup, tree: Path) -> None:
    write(
        tree,
        {
            "empty.xml": b"",
            ".hidden": b"x",
            ".git/config": b"x",
            "a/b/c/deep.xml": b"x",
            "b\u00fcro.bmp": b"x",
            f"SEP{ADA}.cnf.xml": b"<device/>",
            f"attic/SEP{ADA}.cnf.xml": b"<device><loadInformation>P0S3-08-11-00</loadInformation></device>",
            f"sip-8.12/{APPLICATION}": sip()[APPLICATION][:-1],
            "logo.bmp": b"theirs",
        },
    )
    (tree / "nowhere.xml").symlink_to("absent")
    write(tree.parent / "files", {"logo.bmp": b"mine"})
    status, out = adopt(ringup, tree)
    assert status == 1
    for why, name in (
        ("it is empty; phones that request it get 'not found'", "empty.xml"),
        ("hidden files are not served", ".hidden"),
        ("hidden folders are not served", ".git/"),
        ("it lies more than 2 folders deep", "a/b/c/deep.xml"),
        ("phones cannot request this name: rename it", "b\u00fcro.bmp"),
        ("the phone now gets its load from XMLDefault.cnf.xml", f"SEP{ADA}.cnf.xml"),
        (
            "it names P0S3-08-11-00, but the phone now gets P0S3-8-12-00, from XMLDefault.cnf.xml",
            f"attic/SEP{ADA}.cnf.xml",
        ),
        (f"{tree.parent / 'files' / 'logo.bmp'} is another file of this name", "logo.bmp"),
        ("it is not a file that can be read", "nowhere.xml"),
    ):
        assert f"\nNot served: {why}:\n  {name}\n" in out
    assert f":\n  sip-8.12/{APPLICATION}\n" in out
    got = await fetched(finder_of(tree.parent), ["logo.bmp", APPLICATION, "empty.xml", "README"])
    assert got == {"logo.bmp": b"mine", "README": b"do not touch"}


def test_a_server_that_gives_other_bytes_is_found_out(ringup: Ringup, tree: Path) -> None:
    """The firmware folder is searched first, and there a name matches in upper or lower case."""
    write(tree.parent / "firmware", {"LOGO.BMP": b"another"})
    status, out = adopt(ringup, tree)
    assert status == 1
    assert f"  logo.bmp: {tree.parent / 'firmware' / 'LOGO.BMP'}" in out


def test_a_dial_template_that_no_phone_names_gives_its_rules(ringup: Ringup, tmp_path: Path) -> None:
    tree = tmp_path / "tftpboot"
    write(tree, {"dialplan.xml": OTHERS["office.xml"]})
    adopt(ringup, tree)
    assert "2.." in ringup("export").out


def test_the_folder_above_the_right_one_is_told_apart(ringup: Ringup, tree: Path) -> None:
    above = tree.parent / "srv"
    above.mkdir()
    tree.rename(above / "tftpboot")
    _, out = adopt(ringup, above)
    assert f"If phones read that folder: ringup adopt {above / 'tftpboot'}\n" in out


def test_another_firmware_in_a_phones_own_xml_file_makes_status_1(ringup: Ringup, tree: Path) -> None:
    own = f"SEP{ADA}.cnf.xml"
    write(tree, {own: b"<device><loadInformation>P0S3-8-12-00</loadInformation></device>"})
    status, out = adopt(ringup, tree, "--dry-run")
    assert (status, f":\n  {own}\n" in out) == (0, True)
    write(tree, {own: b"<device><loadInformation>P0S3-08-11-00</loadInformation></device>"})
    assert adopt(ringup, tree, "--dry-run")[0] == 1


@pytest.mark.asyncio
async def test_other_models_are_given_the_loads_that_they_had(ringup: Ringup, tree: Path) -> None:
    load = b'<loadInformation30018 model="IP Phone 7961">SIP41.8-5-4S</loadInformation30018>'
    ours = b"<loadInformation7>P0S3-8-12-00</loadInformation7>"
    write(tree, {"XMLDefault.cnf.xml": b"<Default>" + ours + load + b"</Default>"})
    assert adopt(ringup, tree)[0] == 0
    assert load in (await fetched(finder_of(tree.parent), ["XMLDefault.cnf.xml"]))["XMLDefault.cnf.xml"]
