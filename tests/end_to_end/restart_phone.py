"""Restart one registered phone with `ringup restart`, and print what the phone did."""

import json
from typing import Any

from ringup.demo.lab import Lab
from ringup.demo.plan import OWNERS, DemoPlan
from ringup.demo.steps import boot_seconds
from tests.end_to_end.registered_phones import main, ringup


async def run(lab: Lab, plan: DemoPlan) -> dict[str, Any]:
    """Restart the first phone; return its reports from the beginning of the command on, and the command's
    output.
    """
    phone, other = lab.phones
    marks = len(phone.reports), len(other.reports)
    status, printed = await ringup(plan, "restart", OWNERS[0].name.split()[0], "--json")
    if status != 0:
        return {"reason": printed}
    await phone.wait("boot", "boot", boot_seconds(lab), since=marks[0])
    await phone.wait("again", "line", boot_seconds(lab), since=marks[0], state="registered")
    return {
        "printed": json.loads(printed[printed.index("{") :]),
        "did": [report["kind"] for report in phone.reports[marks[0] :]],
        "other_boots": len(other.of("boot", since=marks[1])),
    }


if __name__ == "__main__":
    main(run)
