"""Give the first line a new secret, and die at a step of this change, as a node that loses its power.

``python -m tests.end_to_end.killed_node_change DATABASE SECRET STEP``; the exit status is KILLED if the step
was reached.
"""

import sys

from ringup.change.site import change_site
from ringup.site.rows import Plain
from tests.end_to_end.killed_change import die_at


def main(database: str, secret: str, step: int) -> None:
    """Make the change, up to this step."""

    def renew(data: Plain) -> None:
        data["phones"][0]["lines"][0]["secret"] = secret

    die_at(step)
    change_site(database, renew, "renew", lambda _plan: None)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
