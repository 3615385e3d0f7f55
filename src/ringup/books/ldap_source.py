"""Read an address book from an LDAP server, with OpenLDAP's own client, `ldapsearch`.

Both libraries for Python that are kept up, python-ldap and bonsai, wrap the library of this client, and offer
no built packages for Linux: to install one, a machine needs a compiler and OpenLDAP's headers. `ldapsearch`
is one package of the system (ldap-utils), and a fault in it ends another process than the server's.
"""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from tempfile import TemporaryFile
from threading import Timer
from typing import IO

from ringup.books.reading import BookReading, BookUnreadable, named_in_short
from ringup.directory.ldif_entries import read_ldif
from ringup.errors import for_root
from ringup.site.directory_record import DirectorySource
from ringup.site.model import Pbx
from ringup.site.table import LARGEST_FILE

PROGRAM = "ldapsearch"
SECONDS = 60.0
"""Maximum seconds of a complete reading."""
CONNECT_SECONDS = 10
PAGE = 500
"""Number of entries of a page (RFC 2696): Active Directory gives at most 1,000 at a time."""

_CURES: Mapping[int, str] = {
    8: "Set encrypted=yes, or use ldaps://.",
    32: "Check base.",
    34: "Check base and user: each is a DN, like ou=people,dc=example,dc=com.",
    48: "Set user and password: the server refuses anonymous readers.",
    49: "Check user and password.",
    50: "Let the server give this account the right to read below base.",
}
"""By the result code (RFC 4511, appendix A), which is the exit status of `ldapsearch`."""
_SIZE_LIMIT_EXCEEDED = 4
_SIZE_LIMIT = "the server gives this account no more entries (size limit); raise its limit."
"""OpenLDAP gives 500 entries, on all pages together, unless its `limits` say more for the account."""
_OTHER_CURE = "Check url, that the server runs, and its certificate (ca) if the connection is encrypted."


def read(source: DirectorySource, _tag: str, _pbx: Pbx) -> BookReading:
    """Return the names below the base; raises BookUnreadable."""
    text, is_complete = _searched(source)
    entries, problems = read_ldif(text, source.name, source.name_attributes, source.number_attributes)
    left_out = (() if is_complete else (_SIZE_LIMIT,)) + ((named_in_short(problems),) if problems else ())
    return BookReading(entries, left_out=" ".join(left_out))


def command(source: DirectorySource, password_file: str) -> list[str]:
    """Return the command line; the password is in a file, because any user of the machine sees arguments."""
    start_tls = source.encrypted and source.url.startswith("ldap:")
    account = ("-D", source.user, "-y", password_file) if source.user else ()
    return [
        PROGRAM, "-x", "-LLL", "-o", "ldif-wrap=no", "-o", f"nettimeout={CONNECT_SECONDS}",
        "-E", f"pr={PAGE}/noprompt", *(("-ZZ",) if start_tls else ()), "-H", source.url, *account,
        "-b", source.base, source.filter, *source.name_attributes, *source.number_attributes,
    ]  # fmt: skip


def _searched(source: DirectorySource) -> tuple[str, bool]:
    """Return what the program prints, and whether these are all entries; raises BookUnreadable."""
    tried = f"reading {source.url}"
    trust = {"LDAPTLS_CACERT": source.ca} if source.ca else {}
    with _password_file(source.password) as password, TemporaryFile() as said:
        try:
            program = subprocess.Popen(
                command(source, f"/dev/fd/{password}"),
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, pass_fds=(password,),
                env={**os.environ, **trust}, cwd="/",
            )  # fmt: skip
        except OSError as error:
            cure = f"Install it: {for_root('apt install ldap-utils')}"
            raise BookUnreadable(tried, f"{PROGRAM}: {error.strerror}.", cure) from error
        printed, status = _output(program)
        if len(printed) > LARGEST_FILE:
            raise BookUnreadable(tried, f"it has more than {LARGEST_FILE:,} bytes.", "Set a narrower filter.")
        if status < 0:
            raise BookUnreadable(tried, f"no complete answer within {SECONDS:.0f} seconds.", _OTHER_CURE)
        if status not in (0, _SIZE_LIMIT_EXCEEDED):
            raise BookUnreadable(tried, _last_words(said), _CURES.get(status, _OTHER_CURE))
    return printed.decode("utf-8", errors="replace"), status == 0


def _output(program: "subprocess.Popen[bytes]") -> tuple[bytes, int]:
    """Return the output up to just above the largest size, and the exit status, negative after a timeout."""
    watchdog = Timer(SECONDS, program.kill)
    watchdog.start()
    with program:
        try:
            printed = program.stdout.read(LARGEST_FILE + 1) if program.stdout else b""
            if len(printed) > LARGEST_FILE:
                program.kill()
            status = program.wait()
        finally:
            watchdog.cancel()
    return printed, status


def _last_words(said: IO[bytes]) -> str:
    """Return the error messages of the program on one line."""
    said.seek(0)
    words = " ".join(said.read(2000).decode("utf-8", errors="replace").split())
    return f"{words or 'no reason given'}."


@contextmanager
def _password_file(password: str) -> Iterator[int]:
    """Give a pipe that holds the password, by its number."""
    reading, writing = os.pipe()
    try:
        os.write(writing, password.encode())
        os.close(writing)
        yield reading
    finally:
        os.close(reading)
