"""Run a real Asterisk in this network namespace, and print what `verified` finds for each planted difference.

`test_real_verify` runs it in a private network: ``python -m tests.asterisk.real_verify SANDBOX FOLDER
DRIVER``.
"""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from ringup.asterisk import sandbox
from ringup.asterisk.control import Manager
from ringup.asterisk.install import install
from ringup.asterisk.loaded import has_application
from ringup.asterisk.verification import verified
from ringup.site.model import Driver, Line, Pbx, Phone, Site
from ringup.wire import sip, sip_digest
from tests.asterisk.real_pbx import ADDRESS, SECRET, START_TRIES, connected

PHONE = "127.0.0.2"
MAC = "001646C0FFEE"
LINE = Line(extension="201", name="Larry", secret="s3cret-of-201", voicemail_pin="4711")


def site_for(driver: Driver, **changes: object) -> Site:
    pbx = Pbx(
        address=ADDRESS, driver=driver, bind=ADDRESS, manager_host=ADDRESS, manager_user="ringup",
        manager_secret=SECRET,
    )  # fmt: skip
    return Site(pbx=pbx, phones=(Phone(mac=MAC, lines=(LINE.model_copy(update=changes),)),))


def with_pbx(site: Site, **changes: object) -> Site:
    return site.model_copy(update={"pbx": site.pbx.model_copy(update=changes)})


PLANTED: dict[str, Callable[[Site, Driver], Site]] = {
    "another secret": lambda _site, driver: site_for(driver, secret="another"),
    "no mailbox": lambda _site, driver: site_for(driver, voicemail=False),
    "another context": lambda site, _driver: with_pbx(site, context="elsewhere"),
    "forced rport": lambda site, driver: with_pbx(
        site,
        options={"force_rport": "yes", "rewrite_contact": "yes"}
        if driver == "pjsip"
        else {"nat": "force_rport,comedia"},
    ),
}
"""For each difference, the site that Asterisk has instead of the real one."""


def final_reply(udp: socket.socket) -> sip.Response:
    """Return the final reply; requests that Asterisk sends itself are skipped."""
    while True:
        reply = sip.parse(udp.recv(65535))
        if isinstance(reply, sip.Response) and reply.status >= 200:
            return reply


def register(port: int) -> None:
    """Register as a phone does, with this port in the Contact."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind((PHONE, 5060))
        udp.settimeout(5)
        authorization: tuple[tuple[str, str], ...] = ()
        for number in (1, 2):
            headers = (
                ("Via", f"SIP/2.0/UDP {PHONE}:5060;branch=z9hG4bK{port}{number}"),
                ("From", f"<sip:201@{ADDRESS}>;tag=phone"),
                ("To", f"<sip:201@{ADDRESS}>"),
                ("Call-ID", f"{port}@{PHONE}"),
                ("CSeq", f"{number} REGISTER"),
                ("Max-Forwards", "70"),
                ("User-Agent", "Cisco-CP7960G/8.0"),
                ("Contact", f"<sip:201@{PHONE}:{port}>"),
                ("Expires", "3600"),
                *authorization,
                ("Content-Length", "0"),
            )
            request = sip.SipRequest("REGISTER", f"sip:{ADDRESS}", headers)
            udp.sendto(sip.build(request), (ADDRESS, 5060))
            reply = final_reply(udp)
            if reply.status == 401:
                proof = sip_digest.credentials(
                    sip_digest.parse_challenge(sip.first(reply, "WWW-Authenticate")),
                    username="201",
                    password=LINE.secret,
                    method="REGISTER",
                    uri=f"sip:{ADDRESS}",
                    cnonce="4711",
                )
                authorization = (("Authorization", proof),)
        if reply.status != 200:
            raise ValueError(reply)


async def found(site: Site, wanted: set[str]) -> list[str]:
    """Return the codes of the findings.

    The comparison is repeated until `wanted` are among them, because chan_sip reloads a moment after it
    reports that it did.
    """
    for _try in range(START_TRIES):
        codes = sorted({each.code for each in await verified(site, site.phones, {MAC: PHONE})} - NOT_COUNTED)
        if wanted <= set(codes) and (wanted or not codes):
            break
        await asyncio.sleep(0.1)
    return codes


NOT_COUNTED = {"unreachable"}
"""Codes that are left out, because nothing replies to Asterisk's OPTIONS here."""
WANTED = {
    "sound": set[str](),
    "another secret": {"secret"},
    "no mailbox": {"mailbox", "no-mailbox"},
    "another context": {"context", "no-context"},
    "forced rport": {"forced-rport"},
    "another port": {"contact-port"},
    "no include": {"no-include"},
    "no module": {"no-module"},
}


APPLICATIONS = ("VoiceMailMain", "Missing")


async def record(manager: Manager, driver: Driver) -> dict[str, object]:
    """Write the replies to a file, as test data."""
    account = ("PJSIPShowEndpoint", "Endpoint") if driver == "pjsip" else ("SIPshowpeer", "Peer")
    asked = {
        "account": (account[0], [(account[1], "201")]),
        "dialplan": ("ShowDialPlan", [("Context", "ringup")]),
    }
    answers: dict[str, object] = {}
    for name, (action, fields) in asked.items():
        answer = await manager.action(action, fields)
        answers[name] = [answer.response.fields, *(each.fields for each in answer.listed)]
    return {**answers, "applications": [await has_application(manager, name) for name in APPLICATIONS]}


async def differences(folder: Path, instance: Path, driver: Driver) -> dict[str, object]:
    """Return the codes that were found for each difference."""
    etc = sandbox.prepare(instance, address=ADDRESS, manager_secret=SECRET, driver=driver)
    with (instance / "output").open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *sandbox.start_command(folder, instance), stdout=output, stderr=output
        )
    told: dict[str, object] = {}
    try:
        manager, _version = await connected()
        site = site_for(driver)
        told["no include"] = await found(site, WANTED["no include"])
        install(site, etc)
        await manager.reload(driver)
        await found(site, {"not-registered"})
        await asyncio.to_thread(register, 5060)
        told["sound"] = await found(site, WANTED["sound"])
        told["recorded"] = await record(manager, driver)
        await asyncio.to_thread(register, 5070)
        told["another port"] = await found(site, WANTED["another port"])
        for name, plant in PLANTED.items():
            install(plant(site, driver), etc)
            await manager.reload(driver)
            told[name] = await found(site, WANTED[name])
        if driver == "pjsip":
            told["no module"] = await found(with_pbx(site, driver="chan_sip"), WANTED["no module"])
        await manager.close()
    finally:
        await asyncio.to_thread(sandbox.stop, instance)
        await process.wait()
    return told


def main() -> None:
    """Print the result as JSON."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    driver: Driver = "pjsip" if sys.argv[3] == "pjsip" else "chan_sip"
    print(json.dumps(asyncio.run(differences(Path(sys.argv[1]), Path(sys.argv[2]), driver))))


if __name__ == "__main__":
    main()
