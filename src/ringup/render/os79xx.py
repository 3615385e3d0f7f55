"""OS79XX.TXT: names the image that firmware from before the universal loader requests first.

The file names the loader, because only the loader exists as the unsigned ``.bin`` that such firmware needs. A
space after the name would become part of the requested name, and no such file exists (CSCdv19260). Source:
P-BOOT-4, P-LOAD-12.
"""

from ringup.errors import Problem, SiteErrors


def os79xx(loader_name: str) -> str:
    """Return one line with the loader's name; raises SiteErrors for a name of several words."""
    if not loader_name or not loader_name.isascii() or not loader_name.replace("-", "").isalnum():
        what = f"{loader_name!r} is not the name of a firmware image."
        raise SiteErrors([Problem("load", what, "Write one like P0S3-8-12-00.")])
    return f"{loader_name}\n"
