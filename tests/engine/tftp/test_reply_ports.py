"""The reply port of an address stays the same for one run, and hosts with other addresses cannot compute
it.
"""

from collections import Counter

from tests.engine.tftp.port_choice import choice_of

PORTS = 8
VICTIM = "10.77.1.1"
OTHERS = ("10.77.1.2", "10.77.2.1", "10.77.2.2")
STARTS = 2000


def test_an_address_keeps_its_port() -> None:
    choice = choice_of(1)
    assert {choice.among(PORTS, VICTIM) for _ in range(10)} == {choice_of(1).among(PORTS, VICTIM)}


def test_every_port_is_used_alike() -> None:
    choice = choice_of(1)
    used = Counter(choice.among(PORTS, f"10.77.{n // 250}.{n % 250}") for n in range(8000))
    assert sorted(used) == list(range(PORTS))
    assert all(850 < count < 1150 for count in used.values())


def test_the_ports_of_three_neighbours_do_not_tell_the_port_of_a_fourth_address() -> None:
    """Whatever a host computes from the ports of three neighbours is right in one run of eight."""
    right: Counter[str] = Counter()
    for seed in range(STARTS):
        choice = choice_of(seed)
        mine = [choice.among(PORTS, address) for address in OTHERS]
        port = choice.among(PORTS, VICTIM)
        right["the same"] += mine[0] == port
        right["their sum"] += sum(mine) % PORTS == port
        right["their rectangle"] += (mine[0] + mine[1] - mine[2]) % PORTS == port
        right["their difference"] += mine[0] ^ mine[1] ^ mine[2] == port
    assert all(200 < count < 300 for count in right.values()), right
