"""Read and write SCCP's messages; a message of a kind that ringup does not know stays a frame."""

from collections.abc import Mapping

from ringup.wire.sccp import layout
from ringup.wire.sccp.frame import Frame
from ringup.wire.sccp.of_phone import OF_PHONE
from ringup.wire.sccp.of_server import OF_SERVER

MESSAGES: Mapping[int, type] = {**OF_PHONE, **OF_SERVER}
_NUMBERS = {kind: number for number, kind in MESSAGES.items()}


def parse(frame: Frame) -> object:
    """Return the message of a frame, or the frame itself if ringup does not know it; raises WireError."""
    kind = MESSAGES.get(frame.message)
    return frame if kind is None else layout.read(kind, frame.body)


def to_frame(message: object) -> Frame:
    """Return the frame of a message; a frame is returned as it is."""
    if isinstance(message, Frame):
        return message
    return Frame(_NUMBERS[type(message)], layout.write(message))
