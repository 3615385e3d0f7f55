"""Session descriptions: the offer and the answer for a call's sound (RFC 8866, RFC 3264).

A description is stored as its lines, in order: those of the session, then those of each medium. A line is
parsed only when its value is needed.
"""

from dataclasses import dataclass, replace

from ringup.errors import WireError
from ringup.wire.sip import is_number

Lines = tuple[tuple[str, str], ...]

STATIC_CODECS = {0: "PCMU/8000", 8: "PCMA/8000", 18: "G729/8000"}
"""The static payload types that these phones know; they need no rtpmap line (RFC 3551 §6)."""

DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")


@dataclass(frozen=True, slots=True)
class Media:
    """One ``m=`` line and the lines that belong to it."""

    kind: str
    port: int
    protocol: str
    formats: tuple[str, ...]
    lines: Lines = ()


@dataclass(frozen=True, slots=True)
class Description:
    """A complete description; `lines` begin with ``v=0``."""

    lines: Lines
    media: tuple[Media, ...] = ()


@dataclass(frozen=True, slots=True)
class MediaDescription:
    """The sound that one end wants to receive: address, codecs and direction."""

    address: str
    port: int
    """The port for the sound; 0 refuses the medium."""
    codecs: tuple[int, ...]
    """Payload types in order of preference."""
    event_payload: int | None = None
    """Payload type of telephone events; None: this end wants none."""
    direction: str = "sendrecv"


def parse(data: bytes) -> Description:
    """Read a description; raises WireError. Lone LFs are accepted as line ends."""
    session: list[tuple[str, str]] = []
    media: list[tuple[Media, list[tuple[str, str]]]] = []
    offset = 0
    for raw in data.split(b"\n"):
        text = raw.removesuffix(b"\r").decode("utf-8", "surrogateescape")
        if text:
            if len(text) < 2 or text[1] != "=" or "\r" in text:
                raise WireError("an SDP line is not a letter with a value", offset)
            letter, value = text[0], text[2:]
            if letter == "m":
                media.append((_media(value, offset), []))
            else:
                (media[-1][1] if media else session).append((letter, value))
        offset += len(raw) + 1
    if not session or session[0] != ("v", "0"):
        raise WireError("an SDP description does not begin with v=0", 0)
    whole = (Media(m.kind, m.port, m.protocol, m.formats, tuple(lines)) for m, lines in media)
    return Description(tuple(session), tuple(whole))


def _media(value: str, offset: int) -> Media:
    parts = value.split(" ")
    if len(parts) < 4 or not all(parts):
        raise WireError("an SDP medium needs kind, port, protocol and formats", offset)
    port = parts[1].partition("/")[0]
    if not is_number(port) or int(port) > 0xFFFF:
        raise WireError(f"{port[:20]!r} is not a port", offset)
    return Media(parts[0], int(port), parts[2], tuple(parts[3:]))


def build(description: Description) -> bytes:
    """Return a description with CRLF line ends.

    Raises ValueError for a value that `parse` would read differently.
    """
    lines = list(description.lines)
    for medium in description.media:
        value = " ".join([medium.kind, str(medium.port), medium.protocol, *medium.formats])
        lines += [("m", value), *medium.lines]
    data = "".join(f"{letter}={value}\r\n" for letter, value in lines).encode("utf-8", "surrogateescape")
    try:
        same = parse(data) == description
    except WireError as error:
        raise ValueError(f"not a session description: {error}") from error
    if not same:
        raise ValueError("not a session description: a line break or blank in its parts")
    return data


def sound_of(description: Description) -> MediaDescription | None:
    """Return the first audio medium over plain RTP; None when there is none. Raises WireError."""
    index = _sound_index(description)
    return None if index is None else _sound(description, description.media[index])


def _sound_index(description: Description) -> int | None:
    for index, medium in enumerate(description.media):
        if medium.kind == "audio" and medium.protocol == "RTP/AVP":
            return index
    return None


def answering(answer: Description, offer: Description) -> Description:
    """Return an answer with every medium of the offer in its order; all but the sound are refused.

    Source: RFC 3264 §6.
    """
    index = _sound_index(offer)
    media = [replace(medium, port=0, lines=()) for medium in offer.media]
    if index is not None:
        media[index] = answer.media[0]
    return replace(answer, media=tuple(media))


def _sound(description: Description, medium: Media) -> MediaDescription:
    names = _codec_names(medium)
    events = [number for number, name in names.items() if name.startswith("TELEPHONE-EVENT/8000")]
    known = {name: number for number, name in STATIC_CODECS.items()}
    codecs = [number for number, name in names.items() if known.get(name) == number]
    return MediaDescription(
        address=_connection(medium.lines) or _connection(description.lines),
        port=medium.port,
        codecs=tuple(codecs),
        event_payload=events[0] if events else None,
        direction=_direction(medium.lines) or _direction(description.lines) or "sendrecv",
    )


def _codec_names(medium: Media) -> dict[int, str]:
    maps: dict[str, str] = {}
    for letter, value in medium.lines:
        if letter == "a" and value.startswith("rtpmap:"):
            number, _, name = value.removeprefix("rtpmap:").partition(" ")
            maps.setdefault(number, name.strip().upper().removesuffix("/1"))
    names: dict[int, str] = {}
    for written in medium.formats:
        if not is_number(written):
            raise WireError(f"{written[:20]!r} is not a payload type", 0)
        names.setdefault(int(written), maps.get(written) or STATIC_CODECS.get(int(written), ""))
    return names


def _connection(lines: Lines) -> str:
    for letter, value in lines:
        if letter == "c":
            parts = value.split(" ")
            if len(parts) != 3 or parts[0] != "IN":
                raise WireError("an SDP connection line is not IN, type and address", 0)
            return parts[2].partition("/")[0]
    return ""


def _direction(lines: Lines) -> str:
    return next((value for letter, value in lines if letter == "a" and value in DIRECTIONS), "")


def describe(sound: MediaDescription, *, origin: str, session: int, version: int, name: str) -> Description:
    """Return the description of the sound that one end wants to receive.

    The order of the lines is the phone's own: ``t=`` before ``m=``, then ``c=`` (descriptions that
    begin ``o=Cisco-SIPUA`` in published traces of 7.x and later).
    """
    formats = [*sound.codecs, *([sound.event_payload] if sound.event_payload is not None else [])]
    attributes = [("a", f"rtpmap:{codec} {STATIC_CODECS[codec]}") for codec in sound.codecs]
    if sound.event_payload is not None:
        attributes += [
            ("a", f"rtpmap:{sound.event_payload} telephone-event/8000"),
            ("a", f"fmtp:{sound.event_payload} 0-15"),
        ]
    return Description(
        lines=(
            ("v", "0"),
            ("o", f"{origin} {session} {version} IN IP4 {sound.address}"),
            ("s", name),
            ("t", "0 0"),
        ),
        media=(
            Media(
                "audio",
                sound.port,
                "RTP/AVP",
                tuple(str(number) for number in formats),
                (("c", f"IN IP4 {sound.address}"), *attributes, ("a", sound.direction)),
            ),
        ),
    )
