"""Check a secret with a REGISTER that has no Contact, so that it does not change any registration (RFC 3261
§10.2.3).

Asterisk challenges this request like any other. If the credentials are right, PJSIP replies 200, and chan_sip
replies 400 because it requires a Contact. If they are wrong, PJSIP replies 401 again, and chan_sip replies
403. This was seen with Asterisk 16 (both drivers) and 22.
"""

import secrets
import socket
from dataclasses import dataclass
from enum import Enum
from time import monotonic

from ringup.errors import WireError
from ringup.wire import sip, sip_digest

ANSWER_SECONDS = 2.0
"""Timeout in seconds for each of the two replies.

The request is not retransmitted, because a program that blocks addresses after failed logins (fail2ban) would
count a wrong secret twice.
"""

LARGEST_DATAGRAM = 65_535


class SecretCheck(Enum):
    """The result of a check: what the registrar's reply says about the secret."""

    RIGHT = "right"
    WRONG = "wrong"
    SILENT = "silent"
    """There was no reply, or a reply that does not show whether the secret is right."""


OWN_CALL = "ringup-"
"""The beginning of the Call-ID of ringup's own queries.

PJSIP's security events have the Call-ID as their SessionID. An event of such a query is not about a phone.
"""

_MEANING = {200: SecretCheck.RIGHT, 400: SecretCheck.RIGHT, 401: SecretCheck.WRONG, 403: SecretCheck.WRONG}
"""The result for each status code of the reply to the credentials."""


@dataclass(frozen=True, slots=True)
class LineLogin:
    """The registrar, user name and secret of one line."""

    host: str
    port: int
    extension: str
    user: str
    secret: str


def check_secret(account: LineLogin) -> SecretCheck:
    """Return whether the registrar accepts the secret; nothing is registered.

    Network errors and unexpected replies are results, not exceptions.
    """
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.connect((account.host, account.port))
            return _check_secret(udp, account)
    except (OSError, WireError):
        return SecretCheck.SILENT


def _check_secret(udp: socket.socket, account: LineLogin) -> SecretCheck:
    uri = f"sip:{account.host}"
    call = f"{OWN_CALL}{secrets.token_hex(8)}"
    challenged = _asked(udp, account, call, 1, ())
    if challenged.status != 401:
        return SecretCheck.SILENT
    challenge = sip_digest.parse_challenge(sip.first(challenged, "WWW-Authenticate"))
    credentials = sip_digest.credentials(
        challenge,
        username=account.user,
        password=account.secret,
        method="REGISTER",
        uri=uri,
        cnonce=secrets.token_hex(4),
    )
    return _MEANING.get(
        _asked(udp, account, call, 2, (("Authorization", credentials),)).status, SecretCheck.SILENT
    )


def _asked(udp: socket.socket, account: LineLogin, call: str, number: int, more: sip.Headers) -> sip.Response:
    """Send one request and return its final reply; raises TimeoutError."""
    host, port = udp.getsockname()[:2]
    person = f"<sip:{account.extension}@{account.host}>"
    headers = (
        ("Via", f"SIP/2.0/UDP {host}:{port};branch=z9hG4bK{call}{number}"),
        ("From", f"{person};tag={call}"),
        ("To", person),
        ("Call-ID", f"{call}@{host}"),
        ("CSeq", f"{number} REGISTER"),
        ("Max-Forwards", "70"),
        *more,
        ("Content-Length", "0"),
    )
    udp.send(sip.build(sip.SipRequest("REGISTER", f"sip:{account.host}", headers)))
    end = monotonic() + ANSWER_SECONDS
    while (left := end - monotonic()) > 0:
        udp.settimeout(left)
        reply = sip.parse(udp.recv(LARGEST_DATAGRAM))
        if isinstance(reply, sip.Response) and reply.status >= 200 and _is_to(reply, number):
            return reply
    raise TimeoutError


def _is_to(reply: sip.Response, number: int) -> bool:
    return sip.parse_cseq(reply) == (number, "REGISTER")
