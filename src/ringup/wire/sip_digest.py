"""Digest authentication: read a challenge, and compute the credentials for it (RFC 2617, RFC 3261 §22).

The order of the fields is the 7960's own (SIP 8.12; captures LKML20 and PB09 of P-SIP-6). Fields are read by
hand in one pass, because they come from the network before any authentication.
"""

import hashlib
from dataclasses import dataclass

from ringup.errors import WireError

SCHEME = "Digest"
_BLANKS = " \t"


@dataclass(frozen=True, slots=True)
class Challenge:
    """The challenge of a WWW-Authenticate or Proxy-Authenticate header."""

    realm: str
    nonce: str
    opaque: str | None = None
    algorithm: str = ""
    """The algorithm that the server named; empty: it named none, which means MD5."""
    qop: tuple[str, ...] = ()
    stale: bool = False


def parse_fields(text: str) -> dict[str, str]:
    """Return the fields of a Digest header, with lower-case names and unquoted values; raises WireError."""
    scheme = text.partition(" ")[0]
    if scheme.lower() != SCHEME.lower():
        raise WireError(f"{scheme[:20]!r} is not Digest", 0)
    fields: dict[str, str] = {}
    index, end = len(scheme) + 1, len(text)
    while index < end:
        if text[index] in _BLANKS or text[index] == ",":
            index += 1
            continue
        equals = text.find("=", index)
        if equals < 0:
            raise WireError("a Digest field has no value", index)
        name = text[index:equals].strip(_BLANKS).lower()
        if not name or "," in name or '"' in name:
            raise WireError("a Digest field has no name", index)
        value, index = _value(text, equals + 1)
        fields.setdefault(name, value)
    return fields


def _value(text: str, index: int) -> tuple[str, int]:
    while index < len(text) and text[index] in _BLANKS:
        index += 1
    if index < len(text) and text[index] == '"':
        return _quoted(text, index + 1)
    comma = text.find(",", index)
    end = len(text) if comma < 0 else comma
    return text[index:end].rstrip(_BLANKS), end


def _quoted(text: str, index: int) -> tuple[str, int]:
    letters: list[str] = []
    while index < len(text):
        if text[index] == '"':
            return "".join(letters), index + 1
        if text[index] == "\\" and index + 1 < len(text):
            index += 1
        letters.append(text[index])
        index += 1
    raise WireError("a Digest field has no closing quotation mark", index)


def parse_challenge(text: str) -> Challenge:
    """Read a challenge; raises WireError for one without realm or nonce."""
    fields = parse_fields(text)
    if "realm" not in fields or "nonce" not in fields:
        raise WireError("a challenge needs a realm and a nonce", 0)
    return Challenge(
        realm=fields["realm"],
        nonce=fields["nonce"],
        opaque=fields.get("opaque"),
        algorithm=fields.get("algorithm", ""),
        qop=tuple(fields.get("qop", "").lower().replace(",", " ").split()),
        stale=fields.get("stale", "").lower() == "true",
    )


def is_answerable(challenge: Challenge) -> bool:
    """Return whether the phone can answer: it knows only plain MD5, with qop `auth` or without qop."""
    return challenge.algorithm.lower() in ("", "md5") and (not challenge.qop or "auth" in challenge.qop)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()


def response(
    challenge: Challenge, *, username: str, password: str, method: str, uri: str, cnonce: str, count: int = 1
) -> str:
    """Return the 32 digits of a response (RFC 2617 §3.2.2.1); `cnonce` and `count` are for qop."""
    secret = _md5(f"{username}:{challenge.realm}:{password}")
    request_hash = _md5(f"{method}:{uri}")
    if not challenge.qop:
        return _md5(f"{secret}:{challenge.nonce}:{request_hash}")
    return _md5(f"{secret}:{challenge.nonce}:{count:08x}:{cnonce}:auth:{request_hash}")


def credentials(
    challenge: Challenge, *, username: str, password: str, method: str, uri: str, cnonce: str, count: int = 1
) -> str:
    """Return the value of Authorization or Proxy-Authorization, with the fields in the phone's order."""
    digits = response(
        challenge, username=username, password=password, method=method, uri=uri, cnonce=cnonce, count=count
    )
    fields = [
        f"username={_quote(username)}",
        f"realm={_quote(challenge.realm)}",
        f"uri={_quote(uri)}",
        f'response="{digits}"',
        f"nonce={_quote(challenge.nonce)}",
    ]
    if challenge.opaque is not None:
        fields.append(f"opaque={_quote(challenge.opaque)}")
    if challenge.qop:
        fields += [f'cnonce="{cnonce}"', "qop=auth", f"nc={count:08x}"]
    # No capture shows a challenge without an algorithm, so the phone's answer to one is a guess.
    fields.append(f"algorithm={challenge.algorithm or 'md5'}")
    return f"{SCHEME} {','.join(fields)}"


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
