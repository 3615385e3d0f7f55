"""Phones about which only other programs' logs and captures contain evidence."""

import pytest

from ringup.doctor.foreign import PhoneReport, phone_reports
from tests.evidence.logs import MAC, PHONE, at, reading

COLONS = "00:16:46:c0:ff:ee"
LATER = "Nov 27 11:55:00 pbx cron[1]: x\n"


def only(*files: str) -> PhoneReport:
    """Return the only phone in the files, apart from the device at 10.0.0.99."""
    (report,) = [each for each in phone_reports(reading(*files)) if each.key != "10.0.0.99"]
    return report


def test_a_pool_that_is_empty_is_told_from_the_dhcp_servers_log() -> None:
    complaint = "network 10.0.0.0/24: no free leases"
    line = f"Nov 27 11:05:0%d gw dhcpd: DHCPDISCOVER from {COLONS} via eth0: {complaint}\n"
    report = only(line % 1 + line % 5 + LATER)
    assert report.key == MAC
    assert report.diagnosis.state == "stuck"
    assert report.diagnosis.verdict is not None
    assert report.diagnosis.verdict.code == "dhcp-pool-empty"


def test_a_file_whose_size_is_not_logged_is_not_called_empty() -> None:
    report = only(f"Nov 27 11:05:01 gw dnsmasq-tftp[1]: sent /srv/SIP{MAC}.cnf to {PHONE}\n")
    assert not [verdict for verdict in report.diagnosis.verdicts if "empty" in verdict.what]


def test_what_no_file_tells_about_is_not_missed() -> None:
    """In a log of DHCP alone, every phone has an address, and nothing else could have been seen."""
    text = f"Nov 27 11:05:01 gw dhcpd: DHCPACK on {PHONE} to {COLONS} (SEP{MAC}) via eth0\n"
    diagnosis = only(text + LATER).diagnosis
    assert (diagnosis.state, diagnosis.late, diagnosis.collect) == ("on_the_way", None, ())


def test_the_present_is_the_time_of_the_last_line() -> None:
    text = f"Nov 27 11:05:01 gw dhcpd: DHCPACK on {PHONE} to {COLONS} (SEP{MAC}) via eth0\n"
    text += "Nov 27 11:05:01 gw in.tftpd[1]: RRQ from 10.0.0.99 filename OS79XX.TXT\n"
    assert only(text).diagnosis.state == "on_the_way"
    late = only(text + LATER).diagnosis
    assert late.state == "stuck"
    assert late.late is not None
    assert late.late.seconds == at(11, 55, 0) - at(11, 5, 1)


def test_what_to_collect_names_the_phone_by_mac_or_by_address() -> None:
    lease = f"Nov 27 11:05:01 gw dhcpd: DHCPACK on {PHONE} to {COLONS} (SEP{MAC}) via eth0\n"
    files = "Nov 27 11:05:01 gw in.tftpd[1]: RRQ from 10.0.0.99 filename OS79XX.TXT\n"
    assert any(f"ether host {COLONS}" in line for line in only(lease + files + LATER).diagnosis.collect)
    nameless = f"Nov 27 11:05:01 gw in.tftpd[1]: RRQ from {PHONE} filename OS79XX.TXT\n"
    assert any(f"host {PHONE}" in line for line in only(nameless + LATER).diagnosis.collect)


def test_each_boot_is_an_attempt() -> None:
    boot = "".join(
        f"Nov 27 11:%02d:0{second} pbx in.tftpd[1]: RRQ from {PHONE} filename {name}\n"
        for second, name in enumerate((f"CTLSEP{MAC}.tlv", f"SEP{MAC}.cnf.xml", "SIPDefault.cnf"))
    )
    report = only("".join(boot % (minute, minute, minute) for minute in (5, 15, 25)))
    assert report.attempts == 3
    assert report.first_at == at(11, 5, 0)


def test_a_phone_of_which_nothing_is_wrong_has_no_verdict() -> None:
    log = (
        f"[Nov 27 11:05:01] VERBOSE[1] chan_sip.c:     -- Registered SIP '201' at {PHONE}:5060\n"
        f"[Nov 27 11:06:01] VERBOSE[1] chan_sip.c: Peer '201' is now Reachable. (12ms / 2000ms)\n"
    )
    diagnosis = only(log).diagnosis
    assert (diagnosis.state, diagnosis.verdicts) == ("in_service", ())


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        ("Request 'REGISTER' from '\"201\" <sip:201@10.0.0.1>' failed for '10.0.0.11:5060' "
         "(callid: 1@10.0.0.11) - No matching endpoint found", "account-unknown"),
        ("Registration from '<sip:201@10.0.0.1>' failed for '10.0.0.11:5060' - Wrong password",
         "secret-differs"),
    ],
)  # fmt: skip
def test_one_refusal_at_the_end_of_a_log_is_a_likely_cause(ending: str, code: str) -> None:
    verdict = only(f"[Nov 27 11:05:01] NOTICE[12] chan_sip.c: {ending}\n").diagnosis.verdict
    assert verdict is not None
    assert (verdict.code, verdict.confidence) == (code, "likely")


@pytest.mark.parametrize("later", ["", LATER], ids=["ends there", "goes on"])
def test_a_server_that_has_none_of_the_files_is_named(later: str) -> None:
    names = (f"CTLSEP{MAC}.tlv", f"SEP{MAC}.cnf.xml", f"SIP{MAC}.cnf", "XMLDefault.cnf.xml")
    lines = "".join(
        f"Nov 27 11:05:01 pbx in.tftpd[1]: RRQ from {PHONE} filename {name}\n"
        f"Nov 27 11:05:01 pbx in.tftpd[1]: sending NAK (1, File not found) to {PHONE}\n"
        for name in names
    )
    verdict = only(lines + later).diagnosis.verdict
    assert verdict is not None
    assert (verdict.code, verdict.confidence) == ("files-absent", "likely")
    sent = f"Nov 27 11:05:02 pbx dnsmasq-tftp[1]: sent /srv/XMLDefault.cnf.xml to {PHONE}\n"
    assert "files-absent" not in [each.code for each in only(lines + sent + later).diagnosis.verdicts]


IOS = "Nov 27 14:11:0%d 192.0.2.254 11: *Nov 27 14:11:01.332 CET: TFTP: "


def test_a_file_that_ios_looks_for_and_does_not_open_is_missing() -> None:
    looks = [f"SEP{MAC}.cnf.xml", "XMLDefault.cnf.xml", "P0S3-8-12-00.loads"]
    opened = IOS % 2 + "Opened system:/its/vrf1/XMLDefault.cnf.xml, fd 0, size 9 for process 24\n"
    lines = [IOS % n + f"Looking for {name}\n" for n, name in enumerate(looks, 1)]
    verdict = only(lines[0] + lines[1] + opened + lines[2]).diagnosis.verdict
    assert verdict is not None
    assert verdict.code == "load-absent"
    assert not only("".join(lines)).diagnosis.verdicts, "IOS that logs no Opened proves nothing"


def test_what_another_server_refuses_is_not_blamed_on_a_binding_of_ringup() -> None:
    line = f"Nov 27 11:05:02 mac tftpd[1]: {PHONE}: read request for /tftp/SIP{MAC}.cnf: Permission denied\n"
    verdict = only(line).diagnosis.verdict
    assert verdict is not None
    assert (verdict.code, verdict.confidence) == ("file-denied", "certain")


def test_a_transfer_that_broke_off_at_the_end_of_a_log_is_a_cause() -> None:
    console = (
        f"TFTP: [14]:Requesting CTLSEP{MAC}.tlv from 10.1.1.5\nTFTP: [14]:Error [1]:File not found\n"
        "TFTP: [15]:Requesting SIPDefault.cnf from 10.1.1.5\nTFTP: [15]:Timeout\n"
    )
    verdict = only(console).diagnosis.verdict
    assert verdict is not None
    assert (verdict.code, verdict.confidence) == ("tftp-stalls", "possible")


def test_tftpd64_counts_the_blocks_before_a_timeout() -> None:
    once = (
        "Connection received from 192.168.0.50 on port 49155 [27/11 14:0%d:03.400]\r\n"
        "Read request for file <P003-8-12-00.sbn>. Mode octet [27/11 14:0%d:03.400]\r\n"
        "TIMEOUT waiting for Ack block #61  [27/11 14:0%d:33.100]\r\n"
    )
    verdict = only(once % (1, 1, 1) + once % (2, 2, 2)).diagnosis.verdict
    assert verdict is not None
    assert "2 times, the last time after 30,720 bytes" in verdict.what


def test_kea_without_a_subnet_for_the_phones_network_gives_no_answer() -> None:
    line = (
        "2026-11-27 10:31:0%d.123 WARN  [kea-dhcp4.bad-packets/14.1] DHCP4_PACKET_NAK_0001 [hwtype=1 "
        f"{COLONS}], cid=[no info], tid=0x51: failed to select a subnet for incoming packet, "
        "src 10.30.0.1, type DHCPDISCOVER\n"
    )
    verdict = only(line % 1 + line % 5).diagnosis.verdict
    assert verdict is not None
    assert verdict.code == "dhcp-ignored"


def test_an_unknown_pbx_gets_the_setting_of_both_drivers() -> None:
    log = (
        f"<--- SIP read from UDP:{PHONE}:51098 --->\nREGISTER sip:10.0.0.1 SIP/2.0\n"
        f"Via: SIP/2.0/UDP {PHONE}:5060;branch=z9hG4bK1\nFrom: <sip:301@10.0.0.1>;tag=1\n"
        f"To: <sip:301@10.0.0.1>\nCall-ID: 1@{PHONE}\nCSeq: 101 REGISTER\nContact: <sip:301@{PHONE}:5060>\n\n"
        f"<--- Transmitting (NAT) to {PHONE}:51098 --->\nSIP/2.0 401 Unauthorized\n"
        f"Via: SIP/2.0/UDP {PHONE}:5060;branch=z9hG4bK1;received={PHONE};rport=51098\n"
        f"From: <sip:301@10.0.0.1>;tag=1\nTo: <sip:301@10.0.0.1>;tag=2\nCall-ID: 1@{PHONE}\n"
        "CSeq: 101 REGISTER\n\n"
    )
    verdict = only(log).diagnosis.verdict
    assert verdict is not None
    assert verdict.code == "answer-to-wrong-port"
    assert "chan_sip: nat=no" in verdict.cure


def test_a_request_that_dhcpd_answers_with_a_nak_is_not_called_unanswered() -> None:
    lines = "".join(
        f"Nov 27 14:40:{second} gw dhcpd[1]: DHCPREQUEST for 10.7.0.9 from {COLONS} via em1: wrong network.\n"
        f"Nov 27 14:40:{second} gw dhcpd[1]: DHCPNAK on 10.7.0.9 to {COLONS} via em1\n"
        for second in (11, 15, 23)
    )
    (verdict,) = only(lines).diagnosis.verdicts
    assert verdict.code == "dhcp-nak-loop"
    assert verdict.what.endswith("it has no lease: wrong network.")


def test_a_line_that_names_the_last_request_again_is_about_its_phone() -> None:
    log = (
        f"14:07:03 tftp,debug request CTLSEP{MAC}.tlv from {PHONE}\n"
        f"14:07:04 tftp,debug request P0S3-8-12-00.loads from {PHONE}\n"
        "14:07:04 tftp,error file not found P0S3-8-12-00.loads\n"
    )
    assert only(log).diagnosis.verdicts[0].code == "load-absent"


def test_a_log_without_times_shows_no_seconds_between_repetitions() -> None:
    verdict = only(f"TFTP read request from {PHONE} for SIP{MAC}.cnf\n" * 4).diagnosis.verdicts[0]
    assert verdict.what == f"It requested SIP{MAC}.cnf 4 times: the answers do not reach it."


def test_an_old_image_that_is_requested_again_and_again_needs_no_first_file() -> None:
    names = (f"SEP{MAC}.cnf.xml", "P00308010200.loads", "P00308010200.sb2")
    lines = "".join(
        f"Nov 27 14:1{minute}:0{n} pbx in.tftpd[1]: RRQ from {PHONE} filename {name}\n"
        for minute in (0, 2, 4)
        for n, name in enumerate(names)
    )
    assert only(lines).diagnosis.verdicts[0].code == "image-in-vain"


def test_a_default_load_of_a_later_model_is_not_called_misspelt() -> None:
    line = f"Nov 27 15:1%d:02 x tftpd[1]: {PHONE}: read request for //term06.default.loads: File not found\n"
    verdicts = only("".join(line % n for n in range(3))).diagnosis.verdicts
    assert [each.code for each in verdicts] == ["load-of-a-later-model"]


def test_a_missing_aor_is_a_refusal() -> None:
    line = "[Nov 27 15:00:%s1] WARNING[2]: res_pjsip_registrar.c:1172 registrar_on_rx_request: "
    aor = f"AOR '' not found for endpoint '201' ({PHONE}:5060)\n"
    verdict = only(line % 0 + aor + line % 3 + aor).diagnosis.verdict
    assert verdict is not None
    assert verdict.code == "registration-refused"
    assert "AoR" in verdict.what


def test_a_client_of_atftpd_that_does_not_respond_breaks_off() -> None:
    serving = f"Nov 27 08:00:1%d nas atftpd[221.14%d]: Serving P003-8-12-00.sbn to {PHONE}:5200%d\n"
    silent = f"Nov 27 08:00:2%d nas atftpd[221.14%d]: client ({PHONE}) not responding\n"
    log = "".join(serving % (n, n, n) + silent % (n, n) for n in (1, 2))
    assert only(log).diagnosis.verdicts[0].code == "tftp-stalls"


def test_a_transfer_that_the_phone_ended_itself_is_not_blamed_on_the_cable() -> None:
    aborted = (
        f"Nov 27 09:10:%d gw dnsmasq-tftp[88]: error 0 TFTP Aborted received from {PHONE}\n"
        f"Nov 27 09:10:%d gw dnsmasq-tftp[88]: failed sending /srv/tftp/P003-8-12-00.sbn to {PHONE}\n"
    )
    assert "tftp-stalls" not in [each.code for each in only(aborted % (11, 11)).diagnosis.verdicts]


def test_ios_without_a_pool_for_the_phones_network_gives_no_answer() -> None:
    log = "".join(
        f"0034{n}: Nov 27 11:11:{n}.332: DHCPD: DHCPDISCOVER received from client 0100.1646.c0ff.ee on V.\n"
        f"0034{n}: Nov 27 11:11:{n}.340: DHCPD: there is no address pool for 10.20.0.1.\n"
        for n in (11, 15)
    )
    verdict = only(log).diagnosis.verdicts[0]
    assert verdict.code == "dhcp-ignored"
    assert "no address pool for 10.20.0.1" in verdict.what


def test_an_image_without_a_mac_or_a_boot_file_in_its_line_is_missed() -> None:
    once = (
        "Connection received from 192.168.1.23 on port 50003 [27/11 20:01:0%d.421]\n"
        "Read request for file <P0S3-06-3-00.bin>. Mode octet [27/11 20:01:0%d.421]\n"
        "File <P0S3-06-3-00.bin> : error 2 in system call CreateFile The system. [27/11 20:01:0%d.421]\n"
    )
    assert only(once % (1, 1, 1)).diagnosis.verdicts[0].code == "load-absent"


def test_kea_that_does_not_know_an_old_address_sends_no_reply() -> None:
    line = (
        f"2026-11-27 10:31:0%d.124 INFO  [kea-dhcp4.x/1] DHCP4_NO_LEASE_INIT_REBOOT [hwtype=1 {COLONS}], "
        "cid=[no info], tid=0x51: no lease for address 10.9.0.4 requested by INIT-REBOOT client\n"
    )
    assert only(line % 1 + line % 5).diagnosis.verdicts[0].code == "dhcp-not-authoritative"


def test_a_line_whose_report_names_no_address_is_that_of_its_registration() -> None:
    log = (
        f"[Nov 27 15:00:00] VERBOSE[1]: chan_sip.c:     -- Registered SIP '201' at {PHONE}:5060\n"
        "[Nov 27 15:20:00] NOTICE[1]: chan_sip.c:1 sip_poke_noanswer: Peer '201' is now UNREACHABLE!  "
        "Last qualify: 12\n[Nov 27 15:29:00] VERBOSE[1]: x\n"
    )
    assert only(log).diagnosis.verdicts[0].code == "line-unreachable"


def test_an_answer_to_the_port_of_a_nat_is_not_the_wrong_one() -> None:
    log = (
        f"<--- Received SIP request (5 bytes) from UDP:203.0.113.9:40312 --->\nREGISTER sip:pbx SIP/2.0\n"
        f"Via: SIP/2.0/UDP {PHONE}:5060;branch=z9hG4bK1\nFrom: <sip:301@pbx>;tag=1\nTo: <sip:301@pbx>\n"
        f"Call-ID: 1@{PHONE}\nCSeq: 101 REGISTER\nContact: <sip:301@{PHONE}:5060>\n\n"
        "<--- Transmitting SIP response (4 bytes) to UDP:203.0.113.9:40312 --->\nSIP/2.0 401 Unauthorized\n"
        f"Via: SIP/2.0/UDP {PHONE}:5060;rport=40312;received=203.0.113.9;branch=z9hG4bK1\n"
        f"From: <sip:301@pbx>;tag=1\nTo: <sip:301@pbx>;tag=2\nCall-ID: 1@{PHONE}\nCSeq: 101 REGISTER\n\n"
    )
    (verdict,) = only(log).diagnosis.verdicts
    assert verdict.code == "nat-before-pbx"
    assert f"from 203.0.113.9, not from its {PHONE}" in verdict.what


def rewritten(name: str, to: str) -> str:
    return (
        f"Nov 27 13:00:02 gw in.tftpd[1]: RRQ from {PHONE} filename {name} remapped to {to}\n"
        f"Nov 27 13:00:02 gw in.tftpd[1]: sending NAK (1, File not found) to {PHONE}\n"
    )


def test_a_name_that_the_server_rewrote_is_a_cause() -> None:
    (verdict,) = only(rewritten(f"SIP{MAC}.cnf", "sip.cnf")).diagnosis.verdicts
    assert verdict.code == "file-name-rewritten"
    assert verdict.what == f"It requests SIP{MAC}.cnf, but the server looks for sip.cnf."


@pytest.mark.parametrize("to", [f"/sip{MAC}.cnf", f"phones/SIP{MAC}.cnf"])
def test_a_name_in_another_folder_or_case_is_not_rewritten(to: str) -> None:
    codes = [verdict.code for verdict in only(rewritten(f"SIP{MAC}.cnf", to)).diagnosis.verdicts]
    assert codes == ["file-unprovisioned"]


def test_a_rewritten_name_does_not_matter_if_the_file_is_optional_or_came() -> None:
    log = rewritten(f"CTLSEP{MAC}.tlv", "ctl.tlv")
    assert "file-name-rewritten" not in [each.code for each in only(log).diagnosis.verdicts]
