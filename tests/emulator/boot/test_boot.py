"""Complete boots in memory, compared with the request sequences and times in logs (P-BOOT-6 to P-BOOT-18)."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import pairwise
from statistics import median

import pytest

from ringup.emulator import behaviour
from ringup.emulator.behaviour import AfterSipFile, Variant
from ringup.emulator.boot import loader
from ringup.emulator.boot import start as boot
from ringup.emulator.boot.sip_application import Ready
from ringup.emulator.firmware import make_package, make_sip_package
from ringup.emulator.flash import Flash
from ringup.wire import signed_image
from ringup.wire.dhcp import MessageType
from tests.emulator.scripted_host import ADDRESS, MAC, SILENT, Answer, Bench, PowerOff, ScriptedHost

XML_DEFAULT = b"""<Default>
  <loadInformation7 model="IP Phone 7960">P0S3-8-12-00</loadInformation7>
  <loadInformation8 model="IP Phone 7940">P0S3-8-12-00</loadInformation8>
</Default>"""
PACKAGE = make_sip_package()
DEFAULT_CNF = (
    b"image_version: P0S3-8-12-00\nproxy1_address: 192.0.2.9\nproxy_register: 1\ndial_template: dialplan\n"
)
PHONE_CNF = b"line1_name: 201\nline1_authname: 201\nline1_password: secret\n"
SITE: dict[str, Answer] = {
    **PACKAGE,
    "XMLDefault.cnf.xml": XML_DEFAULT,
    "SIPDefault.cnf": DEFAULT_CNF,
    f"SIP{MAC}.cnf": PHONE_CNF,
    "RINGLIST.DAT": b"Old Style\tringer1.pcm\n",
    "dialplan.xml": b"<DIALTEMPLATE/>",
}
HUNT = [f"CTLSEP{MAC}.tlv", f"SEP{MAC}.cnf.xml", f"SIP{MAC}.cnf", f"MGC{MAC}.cnf", "XMLDefault.cnf.xml"]
FACTORY = Flash(MAC, "7960")
CONVERTED = Flash(MAC, "7960", "P0S3-8-12-00", "P003-8-12-00", "PAS30830")


def run(
    files: Mapping[str, Answer],
    flash: Flash,
    *,
    limit: float = 3600.0,
    speed: float = 1.0,
    seed: int = 7,
    failed_writes: int = 0,
) -> tuple[Bench, Ready | None]:
    """Boot until the phone is ready or the time is over."""
    bench = Bench(ScriptedHost(files, limit=limit), flash, speed, Variant(seed, failed_writes))
    try:
        ready = asyncio.run(boot.boot(bench.machine))
    except PowerOff:
        return bench, None
    return bench, ready


def without(files: Mapping[str, Answer], *names: str) -> dict[str, Answer]:
    return {name: answer for name, answer in files.items() if name not in names}


def counted(base: int, names: list[str]) -> list[tuple[int, str]]:
    """Return names with the ports that a program uses for them, counted from its base."""
    return [(base + at, name) for at, name in enumerate(names)]


def test_a_factory_phone_asks_in_the_order_of_the_log_when_there_is_no_sip_file() -> None:
    """Log D: SCCP application, loader, new loader, application, SIP unprovisioned."""
    bench, _ = run(without(SITE, f"SIP{MAC}.cnf"), FACTORY, limit=300)
    asked = [(port, name) for _, port, name in bench.host.requests]
    loads = [*HUNT, "P0S3-8-12-00.loads"]
    bases = [asked[at][0] for at in (0, 3, 10, 17)]
    expected = [
        *counted(bases[0], [HUNT[0], HUNT[1], HUNT[4]]),
        *counted(bases[1], [*loads, "P003-8-12-00.sbn"]),
        *counted(bases[2], [*loads, "P0S3-8-12-00.sb2"]),
        *counted(bases[3], ["SIPDefault.cnf", *[f"SIP{MAC}.cnf"] * 3]),
    ]
    assert asked[: len(expected)] == expected
    assert 8 <= bases[2] - bases[3] <= 11


def first_ports(seed: int) -> list[int]:
    """Return the port of each program's first request in a conversion, which has four programs."""
    bench, _ = run(SITE, FACTORY, seed=seed)
    first = {HUNT[0], "SIPDefault.cnf"}
    return [port for _, port, name in bench.host.requests if name in first]


def test_the_first_source_port_differs_from_boot_to_boot_within_the_ports_of_the_log() -> None:
    drawn = [first_ports(seed)[:3] for seed in range(40)]
    assert all(len(set(ports)) == 3 for ports in drawn)
    every = [port for ports in drawn for port in ports]
    low = [port for port in every if port < 50000]
    high = [port for port in every if port >= 50000]
    assert min(low) >= 49800
    assert max(low) <= 49920
    assert max(high) <= 52500
    assert max(high) - min(high) > 2000


def test_one_seed_is_one_run_and_two_seeds_are_two() -> None:
    runs = [run(SITE, FACTORY, seed=seed)[0].host.requests for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


def test_phones_of_one_seed_differ() -> None:
    other = "0011BB73AD62"
    files = {name.replace(MAC, other): answer for name, answer in SITE.items()}
    runs = [run(SITE, FACTORY)[0], run(files, replace(FACTORY, mac=other))[0]]
    assert runs[0].host.requests[0][:2] != runs[1].host.requests[0][:2]


def spans(seed: int, speed: float = 1.0) -> dict[str, list[float]]:
    """Return the times of one conversion, each in seconds from one request to the next."""
    bench, _ = run(SITE, FACTORY, seed=seed, speed=speed)
    found: dict[str, list[float]] = {}
    for (earlier, _, name), (later, _, _) in pairwise(bench.host.requests):
        found.setdefault(name, []).append(later - earlier)
    return found


@cache
def drawn_spans() -> list[dict[str, list[float]]]:
    """The conversions of 150 seeds, which are computed once because that takes seconds."""
    return [spans(seed) for seed in range(150)]


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("P0S3-8-12-00.loads", 1, 4),
        ("P003-8-12-00.sbn", 25, 37),
        ("P0S3-8-12-00.sb2", 45, 69),
        (f"SIP{MAC}.cnf", 0, 2),
    ],
)
def test_a_conversion_takes_the_times_of_the_log(name: str, least: float, most: float) -> None:
    drawn = [seconds for each in drawn_spans() for seconds in each[name]]
    assert least <= min(drawn) + 1e-6
    assert max(drawn) <= most + 1e-6
    assert max(drawn) - min(drawn) > (most - least) * 0.8


@pytest.mark.thorough
def test_the_middle_of_eight_phones_is_that_of_the_log() -> None:
    """The medians of eight phones: 31.5 s from .sbn to the next hunt, 54.5 s from .sb2 to SIPDefault.cnf."""
    assert median(each["P003-8-12-00.sbn"][0] for each in drawn_spans()) == pytest.approx(31.5, abs=1.5)
    assert median(each["P0S3-8-12-00.sb2"][0] for each in drawn_spans()) == pytest.approx(54.5, abs=2.5)


def test_speed_divides_the_times_of_a_conversion() -> None:
    real, fast = spans(3), spans(3, speed=10)
    for name in ("P0S3-8-12-00.loads", "P003-8-12-00.sbn", "P0S3-8-12-00.sb2"):
        assert fast[name] == pytest.approx([seconds / 10 for seconds in real[name]])


def test_a_slow_transfer_counts_as_part_of_the_change_but_writing_takes_its_time() -> None:
    def change(seconds_on_the_way: float) -> float:
        bench = Bench(ScriptedHost(SITE), FACTORY, 1.0, Variant(seed=7))
        bench.host.slow["P0S3-8-12-00.sb2"] = seconds_on_the_way
        asyncio.run(boot.boot(bench.machine))
        times = {name: at for at, _, name in bench.host.requests}
        return times["SIPDefault.cnf"] - times["P0S3-8-12-00.sb2"]

    assert change(7) == pytest.approx(change(0))
    assert change(100) > 100 + 24 + 10


@pytest.mark.parametrize("failed", [1, 2, 3])
def test_a_write_that_fails_starts_the_hunt_over_and_takes_the_image_again(failed: int) -> None:
    bench, ready = run(SITE, FACTORY, failed_writes=failed)
    assert ready is not None
    assert bench.host.names().count("P003-8-12-00.sbn") == failed + 1
    assert len(bench.details("flash-failed")) == failed
    assert [detail["what"] for detail in bench.details("flash")] == ["loader", "application"]
    reasons = [detail["reason"] for detail in bench.details("reboot")]
    assert reasons.count("an image could not be written to flash") == failed
    assert bench.machine.flash.application == "P0S3-8-12-00"


@pytest.mark.parametrize(("keeps", "left"), [(True, "P0S3-08-3-00"), (False, "")])
def test_an_application_that_was_not_written_leaves_the_old_one_or_none(
    monkeypatch: pytest.MonkeyPatch, keeps: bool, left: str
) -> None:
    row = replace(behaviour.FAILED_WRITE, keeps_the_old_image=keeps)
    monkeypatch.setattr("ringup.emulator.boot.upgrade.FAILED_WRITE", row)
    old = Flash(MAC, "7960", "P0S3-08-3-00", "P003-8-12-00", "PAS30830")
    bench, ready = run(SITE, old, failed_writes=1)
    assert ready is not None
    applications = [flash.application for flash in (old, *bench.saved)]
    assert left in applications
    assert (bench.saved[1].application == "") is not keeps
    assert applications[-1] == "P0S3-8-12-00"


def test_a_phone_asks_for_the_address_it_had_until_its_loader_is_replaced() -> None:
    bench, _ = run(SITE, FACTORY)
    kinds = [(message.type, message.option(50)) for message in bench.host.dhcp]
    address = bytes((192, 0, 2, 50))
    new = [(MessageType.DISCOVER, None), (MessageType.REQUEST, address)]
    old = [(MessageType.REQUEST, address)]
    # SCCP and its loader; then the new loader, whose flash no longer has an address; then SIP.
    assert kinds == [*new, *old, *new, *old]
    assert bench.machine.flash.address == ADDRESS


def test_a_factory_phone_is_converted_with_its_sip_file_on_the_server() -> None:
    bench, ready = run(SITE, FACTORY)
    hunt_with_sip_file = [HUNT[0], HUNT[1], HUNT[2], HUNT[4], "P0S3-8-12-00.loads"]
    assert bench.host.names() == [
        HUNT[0], HUNT[1], HUNT[4],
        *hunt_with_sip_file, "P003-8-12-00.sbn",
        *hunt_with_sip_file, "P0S3-8-12-00.sb2",
        "SIPDefault.cnf", f"SIP{MAC}.cnf", "RINGLIST.DAT", "dialplan.xml",
    ]  # fmt: skip
    assert ready is not None
    assert ready.settings["line1_password"] == "secret"
    assert ready.dial_template == b"<DIALTEMPLATE/>"
    assert bench.machine.flash.application == "P0S3-8-12-00"
    assert bench.machine.flash.loader_version == "PAS30830"
    assert [detail["what"] for detail in bench.details("flash")] == ["loader", "application"]
    assert len(bench.details("reboot")) == 2


def test_a_conversion_survives_in_flash_step_by_step() -> None:
    bench, _ = run(SITE, FACTORY)
    images = [(flash.loader, flash.application) for flash in bench.saved]
    assert list(dict.fromkeys(images)) == [
        ("P00305000200", "P00305000200"),
        ("P003-8-12-00", "P00305000200"),
        ("P003-8-12-00", "P0S3-8-12-00"),
    ]


def test_every_boot_makes_two_exchanges_with_the_last_four_mac_bytes() -> None:
    bench, _ = run(SITE, CONVERTED)
    assert bench.host.leases == 2
    assert {message.xid for message in bench.host.dhcp} == {0xBB73AD61}


def test_a_converted_phone_boots_as_in_the_log_with_a_sep_file() -> None:
    """Log E: the SEP file names the running load, so the loader fetches nothing further."""
    files = {**SITE, f"SEP{MAC}.cnf.xml": b"<device><loadInformation>P0S3-8-12-00</loadInformation></device>"}
    files["SIPDefault.cnf"] = DEFAULT_CNF + b'tftp_cfg_dir: "./" ;\n'
    files[f"./SIP{MAC}.cnf"] = files.pop(f"SIP{MAC}.cnf")
    bench, ready = run(files, CONVERTED)
    assert bench.host.names() == [
        HUNT[0], HUNT[1], "P0S3-8-12-00.loads",
        "SIPDefault.cnf", f"./SIP{MAC}.cnf", "RINGLIST.DAT", "dialplan.xml",
    ]  # fmt: skip
    times = {name: at for at, _, name in bench.host.requests}
    assert times["SIPDefault.cnf"] - times["P0S3-8-12-00.loads"] == 24
    assert bench.host.most_open_requests == 2
    assert ready is not None
    assert bench.details("flash") == []
    assert bench.details("reboot") == []


def test_a_loader_that_needs_no_new_version_takes_the_application_at_once() -> None:
    old = Flash(MAC, "7960", "P0S3-08-3-00", "P003-8-12-00", "PAS30830")
    bench, _ = run(SITE, old)
    assert [detail["what"] for detail in bench.details("flash")] == ["application"]


def test_speed_divides_flashing_and_booting_but_no_protocol_wait() -> None:
    bench, _ = run(without(SITE, f"SIP{MAC}.cnf"), CONVERTED, limit=100, speed=1000)
    times = [at for at, _, name in bench.host.requests if name == f"SIP{MAC}.cnf"][1:]
    assert times[0] < 0.1
    assert [round(later - earlier, 3) for earlier, later in pairwise(times)] == [31, 31, 31]


def test_an_unprovisioned_phone_asks_for_its_file_and_nothing_else_until_it_appears() -> None:
    bench, ready = run(without(SITE, f"SIP{MAC}.cnf"), CONVERTED, limit=600)
    asked = bench.host.names()[bench.host.names().index("SIPDefault.cnf") + 1 :]
    assert set(asked) == {f"SIP{MAC}.cnf"}
    assert len(asked) > 10
    assert "Phone Unprovisioned" in bench.screens()
    assert ready is None


def test_a_phone_file_without_a_line_leaves_the_phone_unprovisioned() -> None:
    bench, ready = run({**SITE, f"SIP{MAC}.cnf": b"phone_label: lobby\n"}, CONVERTED, limit=200)
    assert ready is None
    assert bench.screens()[-1] == "Phone Unprovisioned"


def test_a_password_of_32_characters_is_reported_and_the_old_one_stays() -> None:
    flash = Flash(MAC, "7960", "P0S3-8-12-00", "P003-8-12-00", "PAS30830", {"line1_password": "old"})
    cnf = b"line1_name: 201\nline1_password: " + b"0123456789abcdef" * 2 + b"\n"
    bench, ready = run({**SITE, f"SIP{MAC}.cnf": cnf}, flash)
    assert ready is not None
    assert ready.settings["line1_password"] == "old"
    (rejected,) = bench.details("setting-rejected")
    assert rejected["key"] == "line1_password"
    assert rejected["line"] == 2
    assert rejected["file"] == f"SIP{MAC}.cnf"


def test_no_dial_template_set_means_no_request_for_one() -> None:
    default = DEFAULT_CNF.replace(b"dial_template: dialplan\n", b"")
    bench, ready = run({**SITE, "SIPDefault.cnf": default}, CONVERTED)
    assert bench.host.names()[-1] == "RINGLIST.DAT"
    assert ready is not None


def test_the_case_of_dial_template_is_copied() -> None:
    default = DEFAULT_CNF.replace(b"dialplan", b"DIALPLAN")
    bench, _ = run({**SITE, "SIPDefault.cnf": default}, CONVERTED)
    assert bench.host.names()[-1] == "DIALPLAN.xml"


def test_another_image_version_makes_the_application_fetch_it_and_reboot() -> None:
    package = make_package("P0S3-08-11-00", "P003-08-11-00", "PAS30830")
    files = {**SITE, **package, "XMLDefault.cnf.xml": XML_DEFAULT.replace(b"8-12", b"08-11")}
    files["SIPDefault.cnf"] = DEFAULT_CNF.replace(b"P0S3-8-12-00", b"P0S3-08-11-00")
    files[f"SEP{MAC}.cnf.xml"] = b"<device><loadInformation>P0S3-8-12-00</loadInformation></device>"
    bench, _ = run(files, CONVERTED, limit=90)
    names = bench.host.names()
    own = names.index(f"SIP{MAC}.cnf")
    assert names[own + 1 : own + 3] == ["P0S3-08-11-00.loads", "P0S3-08-11-00.sb2"]
    assert bench.details("reboot")[0] == {"reason": "image_version is P0S3-08-11-00"}


def test_the_image_version_of_the_phones_own_file_wins() -> None:
    default = DEFAULT_CNF.replace(b"P0S3-8-12-00", b"P0S3-08-3-00")
    own = PHONE_CNF + b"image_version: P0S3-8-12-00\n"
    bench, ready = run({**SITE, "SIPDefault.cnf": default, f"SIP{MAC}.cnf": own}, CONVERTED)
    assert ready is not None
    assert "P0S3-08-3-00.loads" not in bench.host.names()


def test_an_image_version_that_nobody_has_leaves_the_running_image() -> None:
    default = DEFAULT_CNF.replace(b"P0S3-8-12-00", b"P0S3-08-12-00")
    bench, ready = run({**SITE, "SIPDefault.cnf": default}, CONVERTED)
    assert "P0S3-08-12-00.loads" in bench.host.names()
    assert ready is not None


@pytest.mark.parametrize("name", HUNT[:2])
@pytest.mark.parametrize("answer", [0, 2, b""])
def test_any_error_but_1_and_any_empty_file_stop_the_hunt(name: str, answer: Answer) -> None:
    bench, ready = run({**SITE, name: answer}, CONVERTED, limit=60)
    assert bench.host.names() == HUNT[: HUNT.index(name) + 1]
    assert bench.screens()[-1] == "Protocol Application Invalid"
    assert ready is None


def test_a_stopped_hunt_begins_again_after_the_pause() -> None:
    bench, _ = run({**SITE, HUNT[0]: 2}, CONVERTED, limit=150)
    times = [at for at, _, _ in bench.host.requests]
    assert [at - times[0] for at in times] == [0, 55, 110]
    assert 13 <= times[0] <= 21


def test_a_server_without_any_file_leaves_the_loader_with_its_message() -> None:
    bench, _ = run({}, CONVERTED, limit=60)
    assert bench.host.names() == [*HUNT, "SIPDefault.cnf", "MGCDefault.cnf"]
    assert bench.screens()[-1] == "Protocol Application Invalid"


def test_a_default_file_without_this_model_is_no_load_specified() -> None:
    bench, _ = run({"XMLDefault.cnf.xml": b"<Default/>"}, CONVERTED, limit=60)
    assert bench.screens()[-1] == "No load specified"


def test_a_sip_default_file_alone_keeps_a_converted_phone_running() -> None:
    files = without(SITE, "XMLDefault.cnf.xml", f"SIP{MAC}.cnf")
    files["SIPDefault.cnf"] = DEFAULT_CNF.replace(b"image_version: P0S3-8-12-00\n", b"")
    bench, _ = run(files, CONVERTED, limit=60)
    assert bench.details("boot")[0]["application"] == "P0S3-8-12-00"


def test_a_7940_takes_its_own_load_number() -> None:
    xml = XML_DEFAULT.replace(b'7960">P0S3-8-12-00', b'7960">P0S3-08-3-00')
    bench, ready = run({**SITE, "XMLDefault.cnf.xml": xml}, Flash(MAC, "7940"))
    assert ready is not None
    assert "P0S3-08-3-00.loads" not in bench.host.names()


def test_the_load_may_come_from_image_version_of_the_phones_file(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = replace(behaviour.LOADERS[-1], since=(0, 0), after_sip_file=AfterSipFile.IMAGE_VERSION)
    monkeypatch.setattr(behaviour, "LOADERS", (changed,))
    own = PHONE_CNF + b"image_version: P0S3-8-12-00\n"
    bench, ready = run({**SITE, f"SIP{MAC}.cnf": own}, Flash(MAC, "7960"))
    assert ready is not None
    assert bench.host.names()[:4] == [HUNT[0], HUNT[1], HUNT[2], "P0S3-8-12-00.loads"]


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"P0S3-8-12-00.sb2": None}, "Protocol Application Invalid"),
        ({"P0S3-8-12-00.sb2": 2}, "Protocol Application Invalid"),
        ({"P0S3-8-12-00.sb2": b"not a container"}, "Image Authentication Failed"),
        ({"P0S3-8-12-00.sb2": PACKAGE["P003-8-12-00.sbn"]}, "Image Authentication Failed"),
        ({"P003-8-12-00.sbn": None}, "Protocol Application Invalid"),
        ({"P0S3-8-12-00.loads": None}, "Protocol Application Invalid"),
        ({"P0S3-8-12-00.loads": PACKAGE["P003-8-12-00.sbn"]}, "Image Authentication Failed"),
        (
            {"P0S3-8-12-00.loads": signed_image.build(signed_image.sign("P0S3-8-12-00.loads", b"x"))},
            "Image Authentication Failed",
        ),
    ],
)
def test_a_missing_or_wrong_image_keeps_the_phone_in_the_loader(
    change: dict[str, Answer], shown: str
) -> None:
    bench, ready = run({**SITE, **change}, FACTORY, limit=600)
    assert ready is None
    assert shown in bench.screens()
    assert bench.machine.flash.application == "P00305000200"
    assert bench.host.names().count(HUNT[0]) > 4


def test_a_list_that_disappears_does_not_stop_a_phone_that_has_its_load() -> None:
    _, ready = run(without(SITE, "P0S3-8-12-00.loads"), CONVERTED)
    assert ready is not None


def test_the_old_loader_without_answers_sends_five_times_from_three_ports_then_goes_on() -> None:
    """Log F: 60 s per file, then the next file of the hunt."""
    old = Flash(MAC, "7960", "P0S3-08-3-00", "P003-08-3-00", "PAS30803")
    bench, _ = run(dict.fromkeys(HUNT, SILENT), old, limit=140)
    begin = bench.host.requests[0][0]
    base = bench.host.requests[0][1]
    first = [(at - begin, port - base) for at, port, name in bench.host.requests if name == HUNT[0]]
    assert first == [(20.0 * port + 4 * send, port) for port in range(3) for send in range(5)]
    second = [(at - begin, port - base) for at, port, name in bench.host.requests if name == HUNT[1]]
    assert second[0] == (60.0, 3)


def test_the_old_loader_reboots_after_a_hunt_in_silence() -> None:
    old = Flash(MAC, "7960", "P0S3-08-3-00", "P003-08-3-00", "PAS30803")
    files = dict.fromkeys([*HUNT, "SIPDefault.cnf", "MGCDefault.cnf"], SILENT)
    bench, _ = run(files, old, limit=600)
    assert bench.details("reboot")[0] == {"reason": "the TFTP server does not answer"}
    assert bench.host.leases == 2
    again = [at for at, _, name in bench.host.requests if name == HUNT[0]]
    assert 13 <= again[15] - again[0] - (7 * 60 + 55) <= 21


def test_the_8_12_loader_without_answers_repeats_at_1_5_9_and_takes_a_new_port_at_13() -> None:
    bench, _ = run(dict.fromkeys(HUNT, SILENT), CONVERTED, limit=120)
    begin = bench.host.requests[0][0]
    base = bench.host.requests[0][1]
    first = [(at - begin, port - base) for at, port, _ in bench.host.requests][:12]
    assert first == [(13.0 * port + send, port) for port in range(3) for send in (0, 1, 5, 9)]
    assert set(bench.host.names()) == {HUNT[0]}
    assert bench.host.requests[12][0] - begin == 39 + 55
    assert bench.details("file-timeout")[0] == {"name": HUNT[0], "attempts": 12}
    assert len(bench.details("file-request")) == 2


def test_an_sccp_phone_that_is_content_asks_for_its_locale_and_hunts_again() -> None:
    """Log B: if the user locale is empty, the request keeps its leading slash."""
    sep = b"<device><loadInformation>P00305000200</loadInformation><networkLocale>US</networkLocale></device>"
    bench, _ = run({f"SEP{MAC}.cnf.xml": sep}, FACTORY, limit=100)
    assert bench.host.names() == [HUNT[0], HUNT[1], "/7960-font.xml", "US/7960-tones.xml"] * 2


def test_an_sccp_phone_without_a_tftp_server_reboots() -> None:
    bench, _ = run(dict.fromkeys(HUNT, SILENT), FACTORY, limit=400)
    assert bench.details("reboot") == [{"reason": "the TFTP server does not answer"}]


def test_a_sip_application_without_answers_begins_again() -> None:
    files = {**SITE, "SIPDefault.cnf": SILENT}
    bench, ready = run(files, CONVERTED, limit=300)
    times = [at for at, _, name in bench.host.requests if name == "SIPDefault.cnf"]
    assert ready is None
    assert times[12] - times[0] == 39 + 55


def test_the_hunt_is_the_order_of_the_log_then_of_the_guide() -> None:
    assert [name.format(mac=MAC) for name, _ in loader.HUNT] == [*HUNT, "SIPDefault.cnf", "MGCDefault.cnf"]


def test_a_tftp_server_that_does_not_answer_is_replaced_by_the_second_of_option_150() -> None:
    host = ScriptedHost(SITE)
    host.silent_servers.add("192.0.2.1")
    host.options = ((150, bytes((192, 0, 2, 1, 192, 0, 2, 3))),)
    bench = Bench(host, CONVERTED, 1.0, Variant(7, 0))
    assert asyncio.run(boot.boot(bench.machine)) is not None
    # The application gets its address by itself, and therefore the same two servers.
    timeouts = [each["name"] for each in bench.details("file-timeout")]
    assert timeouts == [HUNT[0], "SIPDefault.cnf"]
    assert [name for name in host.names() if name != HUNT[0]][:2] == [HUNT[1], HUNT[2]]
