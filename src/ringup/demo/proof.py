"""Describe in a sentence the packets and files that prove a fault."""

from collections.abc import Mapping, Sequence
from typing import Any

LISTENS = 5060
"""The port in the phone's Contact, and the only port on which the phone listens (P-SIP-1)."""

Report = Mapping[str, Any]


def answers_to_the_sending_port(extension: str, dropped: Report) -> list[str]:
    """Return a sentence about the port to which the PBX answered a REGISTER."""
    port, answer = dropped["port"], _line(dropped)
    return [
        f"Phone {extension}'s REGISTER came from port {port}; its Contact says {LISTENS}.",
        f'Asterisk answered "{answer}" to port {port}, where the phone does not listen.',
    ]


def call_to_the_sending_port(extension: str, contact: str, dropped: Report) -> list[str]:
    """Return a sentence about the port to which the PBX sent a call."""
    return [
        f"Phone {extension} registered, and Asterisk keeps the contact {contact}.",
        f'Asterisk sent "{_line(dropped)}" to port {dropped["port"]}; the phone listens only on {LISTENS}.',
    ]


def rejected_secret(extension: str, rejected: Report) -> list[str]:
    """Return a sentence about the value that the phone rejected."""
    return [
        f"Phone {extension} rejected {rejected['key']} of {rejected['file']}: {rejected['reason']}.",
        f"It answered Asterisk's challenge without a password, and Asterisk refused {extension}.",
    ]


def absent_firmware(extension: str, name: str, screen: Sequence[str]) -> list[str]:
    """Return a sentence about the file that the phone requested but did not get, and about the phone's
    display.
    """
    return [
        f"Phone {extension} requested {name}; the answer was error 1, file not found.",
        f'It starts its hunt again, and shows "{_shown(screen)}".',
    ]


def absent_phone_file(extension: str, name: str, gaps: Sequence[float], screen: Sequence[str]) -> list[str]:
    """Return a sentence about the file that the phone requested again and again."""
    waits = " and ".join(f"{gap:g}" for gap in gaps)
    return [
        f"Phone {extension} requested {name} three times, {waits} seconds apart; the site has no such phone.",
        f'It shows "{_shown(screen)}".',
    ]


def _line(report: Report) -> str:
    return " ".join(str(report["first_line"]).split())


def _shown(screen: Sequence[str]) -> str:
    return ", ".join(text for line in screen if (text := str(line).strip()))
