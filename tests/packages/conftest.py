"""Only root enters another system: for other users these tests are not there."""

import os

collect_ignore_glob = [] if os.geteuid() == 0 else ["test_*.py"]
