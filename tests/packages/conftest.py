"""Only root can enter another system, so other users do not have these tests."""

import os

collect_ignore_glob = [] if os.geteuid() == 0 else ["test_*.py"]
