"""Check the site's records for missing values, and for values that phones cannot use."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address

from ringup.check.facts import Facts
from ringup.finding import ERROR, WARNING
from ringup.rule import Found, NotKnown, Rule
from ringup.site.model import Phone, Site
from ringup.site.secret_faults import command_to_set, fault_of_secret

SET_NETWORK = "ringup site set network=NETWORK/LENGTH:FIRST-LAST:ROUTER"


def without_phones(site: Site) -> Iterator[Found]:
    """Yield a finding if the site has no phone."""
    if not site.phones:
        command = "ringup phone add MAC --model 7960 --extension 201 --name NAME"
        yield Found("The site has no phones.", "Add one:", (command,))


def without_network(site: Site, addresses: Sequence[IPv4Address]) -> Iterator[Found]:
    """Yield a finding if no phone on an interface with these addresses can get an address.

    A DHCP relay may forward requests of any subnet, so any network of the site is enough behind a relay.
    """
    if not site.subnets:
        yield Found(
            "The site has no network, so no phone gets an address.",
            "Set one, or start with --no-dhcp if another server gives out the addresses:",
            (SET_NETWORK,),
        )
        return
    if not any(address in subnet.network for address in addresses for subnet in site.subnets):
        networks = ", ".join(str(subnet.network) for subnet in site.subnets)
        yield Found(
            f"The site has no network for this interface ({', '.join(map(str, addresses))}); it has"
            f" {networks}, which only phones behind a DHCP relay can use.",
            "Set the network of the interface:",
            (SET_NETWORK,),
        )


def _network(facts: Facts) -> Iterator[Found]:
    if not facts.dhcp:
        return
    if not facts.site.subnets:
        yield from without_network(facts.site, ())
        return
    yield from without_network(facts.site, [address.ip for address in facts.interface().addresses])


def _network_seen(facts: Facts) -> str:
    if not facts.dhcp:
        return "another server's (--no-dhcp)"
    return ", ".join(f"{subnet.network}: {subnet.first} to {subnet.last}" for subnet in facts.site.subnets)


def _addresses_fit(facts: Facts) -> Iterator[Found]:
    """Yield contradictions between the interface's address, the pool, the reservations and the masks."""
    site = facts.site
    interface = facts.interface()
    for own in interface.addresses:
        for subnet in site.subnets if facts.dhcp else ():
            if own.ip in subnet.network and own.network.prefixlen != subnet.network.prefixlen:
                yield Found(
                    f"{interface.name} has {own}, but phones get the mask of {subnet.network}.",
                    f"Set the network to {own.network}, or the mask to /{subnet.network.prefixlen}.",
                    severity=WARNING,
                )
    for phone in site.phones:
        if phone.address is not None and phone.address in facts.own_addresses():
            yield Found(
                f"Phone {phone.mac} has the reservation {phone.address}, this machine's own address.",
                "Reserve another:",
                (f"ringup phone set {phone.mac} --address ADDRESS",),
            )
    if facts.dhcp and site.subnets:
        yield from _pool_suffices(site, facts)


def _pool_suffices(site: Site, facts: Facts) -> Iterator[Found]:
    """Yield a finding if a pool is too small. Only a site with one network is checked, because with several
    the network of a phone is not known before its request.
    """
    if len(site.subnets) > 1:
        return
    subnet = site.subnets[0]
    taken = {phone.address for phone in site.phones} | {subnet.router} | set(facts.own_addresses())
    size = int(subnet.last) - int(subnet.first) + 1
    free = size - sum(1 for each in taken if each is not None and subnet.first <= each <= subnet.last)
    waiting = sum(1 for phone in site.phones if phone.address is None)
    if waiting > free:
        yield Found(
            f"The pool {subnet.first} to {subnet.last} has addresses for only {free} of {waiting} phones.",
            "Widen it:",
            (SET_NETWORK,),
        )


def _server_address(facts: Facts) -> Iterator[Found]:
    advertised = facts.site.server_address
    facts.interface()
    if advertised is not None and advertised not in facts.own_addresses():
        yield Found(
            f"Phones fetch their files from {advertised}, which is not an address of this machine.",
            "Set server_address to an address of this machine, or leave it empty:",
            ("ringup site set server_address=",),
        )


def _passwords(facts: Facts) -> Iterator[Found]:
    for phone in facts.site.phones:
        for number, line in enumerate(phone.lines, 1):
            if fault := fault_of_secret(line.secret):
                yield Found(
                    f"The password of {line.extension} (phone {phone.mac}) {fault.fact}",
                    "Set another:",
                    (command_to_set(phone.mac, number),),
                )


def _lines(phones: Sequence[Phone]) -> Iterator[Found]:
    for phone in phones:
        if not phone.lines:
            yield Found(
                f"Phone {phone.mac} has no line, so it never registers.",
                "Give it one:",
                (f"ringup phone set {phone.mac} --extension 201",),
                WARNING,
            )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _with_lines(facts: Facts) -> Iterator[Found]:
    yield from without_phones(facts.site)
    yield from _lines(facts.site.phones)


def _advertised_address(facts: Facts) -> str:
    try:
        return facts.server()
    except NotKnown:
        return "the interface's own"


RULES: tuple[Rule[Facts], ...] = (
    Rule(
        "phones", "phones", ERROR, _with_lines,
        lambda facts: f"{_count(len(facts.site.phones), 'phone')}, "
        f"{_count(sum(1 for _ in facts.site.lines()), 'line')}",
        quick=True,
    ),
    Rule("passwords", "passwords", ERROR, _passwords, lambda _facts: "as phones accept them", quick=True),
    Rule("network", "network", ERROR, _network, _network_seen, after=("interface",), quick=True),
    Rule(
        "addresses", "pool, reservations", ERROR, _addresses_fit,
        lambda _facts: "fit the interface and each other", after=("interface", "network"), quick=True,
    ),
    Rule(
        "server-address", "files' server", ERROR, _server_address, _advertised_address,
        after=("interface",), quick=True,
    ),
)  # fmt: skip
