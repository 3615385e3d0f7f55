"""Run `ringup serve` with a site that was changed without its checks.

The demo of a fault needs records that the normal server would refuse.
"""

import sys
from pathlib import Path

from ringup.demo.faults import FAULTS
from ringup.serve.life import run
from ringup.serve.log import start_log
from ringup.serve.options import Options


def main() -> None:
    """Run the server until a signal stops it; the arguments are the fault, the interface, the database and
    the firmware.
    """
    fault, interface, database, firmware = sys.argv[1:]
    start_log("text")
    options = Options(interface=interface, database=database, firmware=Path(firmware), no_web=True)
    run(options, FAULTS[fault].tamper)


if __name__ == "__main__":
    main()
