"""The records as a server keeps them."""

import subprocess
import sys

_COUNT = """
import gc
from ringup.site.model import Line
from ringup.site.records import stored
made_before = [Line(extension="1", secret="s") for _ in range(100)]
lines = [{"extension": "201", "secret": "a"}, {"extension": "202", "secret": "b"}]
phone, = stored({}, [], [{"mac": "001646000000", "lines": lines}]).phones
parts = [part for record in (phone, *phone.lines) for part in gc.get_referents(record)]
print(phone.lines[1].extension, sum(type(part) is dict for part in parts))
"""
"""In a process of its own: CPython learns the names of a class's fields from its first records."""


def test_records_that_were_stored_have_no_dictionaries_but_the_phones_settings() -> None:
    done = subprocess.run([sys.executable, "-c", _COUNT], capture_output=True, text=True, check=True)
    assert done.stdout == "202 1\n"
