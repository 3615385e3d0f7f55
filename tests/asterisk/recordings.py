"""What real Asterisks said over the manager interface while two phones registered and called.

Recorded in the sandboxes with a hand-made SIP client that, like a 7960, sends from one port and listens on
5060. ``###`` lines say what the phones did; only the kinds of event that anybody could want are kept.
"""

from collections.abc import Mapping
from pathlib import Path

from ringup.wire.ami import AmiMessage, parse

RECORDINGS = ("16-chan_sip", "16-pjsip", "22-pjsip")


def recorded(name: str) -> Mapping[str, list[AmiMessage]]:
    """What was done, and the events that followed."""
    text = (Path(__file__).parent / f"events-{name}.txt").read_text()
    steps: dict[str, list[AmiMessage]] = {"before": []}
    step = "before"
    for block in text.strip().split("\n\n"):
        if block.startswith("### "):
            step = block.removeprefix("### ").strip()
            steps[step] = []
        else:
            steps[step].append(parse(f"{block.strip()}\n\n".replace("\n", "\r\n").encode()))
    return steps
