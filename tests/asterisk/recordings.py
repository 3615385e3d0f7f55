"""Manager events of real Asterisks, recorded while two phones registered and called.

They were recorded in the sandboxes with a SIP client which, like a 7960, sends from one port and listens on
5060. ``###`` lines describe what the phones did. Only kinds of events that may be of interest are kept.
"""

from collections.abc import Mapping
from pathlib import Path

from ringup.wire.ami import AmiMessage, parse

RECORDINGS = ("16-chan_sip", "16-pjsip", "22-pjsip")


def recorded(name: str) -> Mapping[str, list[AmiMessage]]:
    """Return what the phones did, with the events that followed each step."""
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
