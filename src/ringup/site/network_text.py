"""The command line's spelling of a network: ``NETWORK:FIRST-LAST`` or ``NETWORK:FIRST-LAST:ROUTER``."""

from typing import Any

from ringup.site.record_faults import FaultyRecord

NETWORK_FORM = "network=192.168.1.0/24:192.168.1.100-192.168.1.200:192.168.1.1"


def network_row(text: str) -> dict[str, Any]:
    """Return the fields of a network in a site's plain form; raises FaultyRecord."""
    network, *rest = text.split(":")
    if len(rest) not in (1, 2) or rest[0].count("-") != 1:
        raise FaultyRecord(f"{text!r} is not a network.", f"Write it like {NETWORK_FORM}.")
    first, last = rest[0].split("-")
    row = {"network": network.strip(), "first": first.strip(), "last": last.strip()}
    return row | ({"router": rest[1].strip()} if len(rest) == 2 else {})


def set_network(networks: list[dict[str, Any]], row: dict[str, Any]) -> None:
    """Change the entry for the same network, or add one."""
    for known in networks:
        if known["network"] == row["network"]:
            known |= row
            return
    networks.append(row)
