"""Answer a digest challenge with a line's name and password (RFC 3261 §22)."""

from typing import NamedTuple

from ringup.emulator.sip.config import SipLine
from ringup.emulator.sip.text import PhoneContext
from ringup.errors import WireError
from ringup.wire import sip, sip_digest


class _Headers(NamedTuple):
    """The names of the challenge's header and of the answer's header, for one status."""

    challenge: str
    answer: str


_HEADERS = {
    401: _Headers("WWW-Authenticate", "Authorization"),
    407: _Headers("Proxy-Authenticate", "Proxy-Authorization"),
}


def is_challenge(response: sip.Response) -> bool:
    """Return whether a response is a digest challenge (401 or 407)."""
    return response.status in _HEADERS


def challenge_of(response: sip.Response) -> sip_digest.Challenge | None:
    """Return the first challenge that uses MD5, the only algorithm of the phone; None if there is none."""
    for value in sip.every(response, _HEADERS[response.status].challenge):
        try:
            challenge = sip_digest.parse_challenge(value)
        except WireError:
            continue
        if sip_digest.is_answerable(challenge):
            return challenge
    return None


def credentials(
    context: PhoneContext, line: SipLine, response: sip.Response, request: sip.SipRequest
) -> tuple[str, str] | None:
    """Return the header with the credentials that answer a 401 or 407; None if the phone cannot answer any
    challenge.
    """
    challenge = challenge_of(response)
    if challenge is None:
        return None
    value = sip_digest.credentials(
        challenge,
        username=line.auth_name,
        password=line.password,
        method=request.method,
        uri=request.uri,
        cnonce=context.digits(),
    )
    return _HEADERS[response.status].answer, value
