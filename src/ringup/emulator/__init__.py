"""A Cisco 7940/7960 in software, which behaves like the real phone, faults included.

Docstrings and tables cite facts by number, like P-BOOT-1, and tag where a value comes from: [D] documented,
[L] seen in a log or capture, [S] another program's source, [T] told in a forum, [I] inferred, [R] from
memory. docs/reference/phones.md lists the facts, the tags and the keys of the sources, like JH or LKML20.
"""
