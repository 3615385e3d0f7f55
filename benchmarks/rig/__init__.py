"""The programs behind `benchmarks/storm`: other servers, namespaces, workloads, and the table of ratios."""

import os

# The web page has a benchmark of its own; a server without it is what earlier versions are compared with.
os.environ.setdefault("RINGUP_SERVE_NO_WEB", "1")
