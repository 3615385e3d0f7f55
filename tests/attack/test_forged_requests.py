"""A host floods TFTP with requests in the name of a phone that boots at the same time: the phone gets its
files.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from ringup.events import FileSent
from ringup.store.database import open_database
from ringup.store.history import read_events
from tests.attack.honest_phones import BOOTS
from tests.attack.segment import MAC, segment

pytestmark = pytest.mark.peers

FORGE = """
import random, socket, struct, sys, time
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
phone, server = socket.inet_aton(sys.argv[1]), socket.inet_aton("10.77.0.1")
until, sent = time.monotonic() + float(sys.argv[2]), 0
while time.monotonic() < until:
    for _ in range(100):
        request = b"\\0\\1no-such-file-%08x\\0octet\\0" % random.getrandbits(32)
        udp = struct.pack("!HHHH", random.randrange(1024, 65536), 69, 8 + len(request), 0) + request
        head = struct.pack("!BBHHHBBH4s4s", 69, 0, 0, 0, 0, 64, 17, 0, phone, server)
        raw.sendto(head + udp, ("10.77.0.1", 0))
        sent += 1
print(sent)
"""

SECONDS = 20.0
REPEATED_TWICE_AFTER = 5.0
"""Seconds until a phone repeats a request for the second time (P-TFTP-7)."""


def test_requests_in_a_phones_name_do_not_keep_the_phone_waiting(
    tmp_path: Path, measured: Callable[[str], None]
) -> None:
    with segment(tmp_path) as each:
        assert each.boot() == ""
        forge = each.attack_beside(FORGE, "10.77.1.1", str(SECONDS))
        failures = [each.boot(), each.boot()]
        sent = int(forge())
        failures.append(each.boot())
        each.stop()
    database = open_database(str(tmp_path / "ringup.db"))
    events = [event for _, event in read_events(database)]
    database.dispose()
    sent_files = [event for event in events if isinstance(event, FileSent) and event.mac == MAC]
    waits = sorted(seconds for boot in BOOTS[1:3] for seconds in boot.tftp)
    measured(
        f"{sent / SECONDS:.0f} requests per second in a phone's name: {len(waits)} files waited "
        f"{waits[len(waits) // 2] * 1e3:.0f} ms in the median and {waits[-1] * 1e3:.0f} ms at most"
    )
    assert failures == [""] * 3
    assert waits[-1] < REPEATED_TWICE_AFTER
    assert sum(event.name == f"SIP{MAC}.cnf" for event in sent_files) == 4, "the board sees each boot"
