"""A host that measures how long refusals take does not learn which MACs belong to the site."""

import json
import random
from pathlib import Path
from statistics import median

import pytest

from ringup.site.model import Line, Phone, Site
from tests.attack.segment import MAC, SECRET, SERVER, SITE, segment

pytestmark = [pytest.mark.peers, pytest.mark.timed]

MACS = 200
"""Number of MACs; half of them are phones of the site."""
PROBES = 12
"""Number of requests per MAC, in mixed order."""
BETTER_THAN_CHANCE = 0.75
"""The maximum share of recognised MACs, more than six standard deviations above chance.

A server that rendered first was recognised in 0.94 of the cases.
"""

PROBE = f"""
import http.client, json, random, socket, sys, time
macs, probes = json.load(open(sys.argv[1])), int(sys.argv[2])
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(0.5)
page = http.client.HTTPConnection("{SERVER}", 6970, timeout=5)

def by_tftp(name):
    client.sendto(b"\\0\\1" + name.encode() + b"\\0octet\\0", ("{SERVER}", 69))
    return client.recv(2000)[:4]

def by_http(name):
    page.request("GET", "/" + name)
    answer = page.getresponse()
    answer.read()
    return answer.status

times = {{}}
for ask, refusal in ((by_tftp, b"\\0\\5\\0\\1"), (by_http, 404)):
    order = macs * probes
    random.shuffle(order)
    mine = times[ask.__name__] = {{mac: [] for mac in macs}}
    for mac in order:
        # Beyond its share of a busy server a host gets no answer for a moment: the attacker tries again.
        for _ in range(20):
            began = time.perf_counter()
            try:
                answer = ask(f"SIP{{mac}}.cnf")
            except TimeoutError:
                continue
            break
        mine[mac].append(time.perf_counter() - began)
        assert answer == refusal, answer
print(json.dumps(times))
"""


def recognised(times: dict[str, list[float]], known: set[str]) -> float:
    """Return the share of MACs that a threshold recognises; one half chooses the threshold, the other half
    tests it.
    """
    medians = [(median(each), mac in known) for mac, each in times.items()]
    learnt, tried = medians[::2], medians[1::2]
    _, threshold, slower = max(
        (_right(learnt, threshold, slower=slower), threshold, slower)
        for threshold, _ in learnt
        for slower in (False, True)
    )
    return _right(tried, threshold, slower=slower)


def _right(medians: list[tuple[float, bool]], threshold: float, *, slower: bool) -> float:
    return sum(((took > threshold) == slower) == known for took, known in medians) / len(medians)


def test_the_classifier_recognises_what_differs() -> None:
    """The attack works: it detects a difference of a tenth in the time."""
    draw = random.Random(7)
    times = {str(at): [draw.gauss(1.1 if at % 3 else 1.0, 0.05) for _ in range(PROBES)] for at in range(MACS)}
    assert recognised(times, {mac for mac in times if int(mac) % 3}) > BETTER_THAN_CHANCE


def test_the_time_of_a_refusal_tells_no_known_mac(tmp_path: Path) -> None:
    draw = random.Random(11)
    macs = [f"001646{number:06X}" for number in draw.sample(range(1 << 24), MACS)]
    known = set(draw.sample(macs, MACS // 2))
    phones = (
        *SITE.phones,
        *(
            Phone(mac=mac, lines=(Line(extension=f"{3000 + at}", secret=SECRET),))
            for at, mac in enumerate(sorted(known))
        ),
    )
    (tmp_path / "macs").write_text(json.dumps(macs))
    with segment(tmp_path, Site(**{**dict(SITE), "phones": phones})) as here:
        times = json.loads(here.attack(PROBE, str(tmp_path / "macs"), str(PROBES)))
        assert here.boot(MAC) == ""
    told = {way: recognised(each, known) for way, each in times.items()}
    assert max(told.values()) < BETTER_THAN_CHANCE, told
