"""Run a real Asterisk with its SIP logger in this network namespace while a phone tries to register; print
the log.

`test_real_logs` runs it in a private network: ``python -m tests.evidence.real_pbx_log SANDBOX FOLDER
DRIVER``. Like a 7960, the phone sends from one port and listens on 5060. It tries an account that does not
exist, a wrong password, and the right one.
"""

import asyncio
import contextlib
import socket
import subprocess
import sys
from pathlib import Path

from ringup.asterisk import sandbox
from ringup.asterisk.install import install
from ringup.site.model import Driver
from ringup.wire import sip, sip_digest
from tests.asterisk.real_pbx import ADDRESS, SECRET, connected
from tests.asterisk.real_verify import LINE, MAC, PHONE, site_for

TRIES = (("777", "nothing"), ("201", "wrong"), ("201", LINE.secret))
LOGGER: dict[Driver, str] = {"pjsip": "pjsip set logger on", "chan_sip": "sip set debug on"}


def request(extension: str, call: int, number: int, *more: tuple[str, str]) -> bytes:
    headers = (
        ("Via", f"SIP/2.0/UDP {PHONE}:5060;branch=z9hG4bK{call}{number}"),
        ("From", f"<sip:{extension}@{ADDRESS}>;tag={MAC.lower()}0002{call}"),
        ("To", f"<sip:{extension}@{ADDRESS}>"),
        ("Call-ID", f"{MAC.lower()[:8]}-{MAC.lower()[8:]}0002-{call}@{PHONE}"),
        ("Max-Forwards", "70"),
        ("CSeq", f"{number} REGISTER"),
        ("User-Agent", "Cisco-CP7960G/8.0"),
        ("Contact", f"<sip:{extension}@{PHONE}:5060;transport=udp>"),
        *more,
        ("Content-Length", "0"),
        ("Expires", "3600"),
    )
    return sip.build(sip.SipRequest("REGISTER", f"sip:{ADDRESS}", headers))


def answer(listening: socket.socket) -> sip.Response | None:
    """Return the next final response, or None if there is none."""
    with contextlib.suppress(TimeoutError):
        while True:
            reply = sip.parse(listening.recv(65535))
            if isinstance(reply, sip.Response) and reply.status >= 200:
                return reply
    return None


def register(call: int, extension: str, secret: str) -> int:
    """Try to register, and repeat once with credentials if they are refused; return the last status."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening,
    ):
        sending.bind((PHONE, 0))
        listening.bind((PHONE, 5060))
        listening.settimeout(1)
        sending.sendto(request(extension, call, 101), (ADDRESS, 5060))
        reply = answer(listening)
        for number in (102, 103):
            if reply is None or reply.status != 401:
                break
            challenge = sip_digest.parse_challenge(sip.first(reply, "WWW-Authenticate"))
            proof = sip_digest.credentials(
                challenge,
                username=extension,
                password=secret,
                method="REGISTER",
                uri=f"sip:{ADDRESS}",
                cnonce="4711",
            )
            sending.sendto(request(extension, call, number, ("Authorization", proof)), (ADDRESS, 5060))
            reply = answer(listening)
    return reply.status if reply else 0


async def logged(folder: Path, instance: Path, driver: Driver) -> str:
    """Return the log after all attempts."""
    etc = sandbox.prepare(instance, address=ADDRESS, manager_secret=SECRET, driver=driver)
    with (instance / "output").open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *sandbox.start_command(folder, instance), stdout=output, stderr=output
        )
    try:
        manager, _version = await connected()
        install(site_for(driver), etc)
        await manager.reload(driver)
        await manager.command(LOGGER[driver])
        for call, (extension, secret) in enumerate(TRIES, start=1000):
            await asyncio.to_thread(register, call, extension, secret)
        await manager.close()
    finally:
        await asyncio.to_thread(sandbox.stop, instance)
        await process.wait()
    return (instance / "var/log/asterisk/messages").read_text(errors="surrogateescape")


def main() -> None:
    """Print the log."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    driver: Driver = "pjsip" if sys.argv[3] == "pjsip" else "chan_sip"
    sys.stdout.write(asyncio.run(logged(Path(sys.argv[1]), Path(sys.argv[2]), driver)))


if __name__ == "__main__":
    main()
