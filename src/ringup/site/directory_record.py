"""DirectorySource: the record of an address book that adds names to the phones' directory."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, model_validator

from ringup.site.fields import Plain, Record
from ringup.site.record_faults import FaultyRecord

Kind = Literal["file", "ldap", "carddav", "asterisk"]
"""The method by which a source is read."""

Attribute = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,63}$")]

FORMS = (
    "Write a file's path like /etc/ringup/people.csv, or ldap://HOST, ldaps://HOST, https://HOST/PATH, or "
    "asterisk:cidname."
)


class DirectorySource(Record):
    """An address book that adds names to the phones' directory."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
    """A name of the address book, for you."""
    url: Plain
    """The path of a file (CSV, vCards, or Asterisk's ``voicemail.conf``), an LDAP server like
    ``ldap://10.0.0.5``, a CardDAV server or address book like ``https://cloud.example.com/dav``, or a family
    of Asterisk's own database like ``asterisk:cidname``.
    """
    user: Plain = ""
    """The account; for LDAP, the DN of the bind. Empty: anonymous."""
    password: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$", repr=False)] = ""
    """The password of the account."""
    encrypted: bool = True
    """True if the connection must be encrypted: ``ldap://`` then begins with StartTLS, and ``http://`` is
    refused.
    """
    ca: Plain = ""
    """A file with the certificate of the CA that signed the server's certificate; empty: the system's CAs."""
    base: Plain = ""
    """LDAP: the DN below which the entries are."""
    filter: Plain = "(telephoneNumber=*)"
    """LDAP: the filter that selects the entries."""
    name_attributes: tuple[Attribute, ...] = ("displayName", "cn")
    """LDAP: the attributes that may contain a name; the first one that an entry has is used."""
    number_attributes: tuple[Attribute, ...] = ("telephoneNumber", "mobile", "homePhone")
    """LDAP: the attributes that contain numbers; each number becomes an entry."""
    minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    """Minutes between two reads of a server; files are checked every ten seconds."""

    @property
    def kind(self) -> Kind:
        """Return the method by which the source is read."""
        return _KINDS[_split(self.url).scheme]

    @property
    def origin(self) -> str:
        """Return the place and the options from which the names are read, as a text without secrets.

        Two sources have the same text only if they give the same names.
        """
        return self.model_dump_json(exclude={"name", "password", "minutes"}, exclude_defaults=True)

    @model_validator(mode="after")
    def _is_readable(self) -> Self:
        scheme = _split(self.url).scheme
        if scheme not in _KINDS:
            raise FaultyRecord(f"url is {self.url!r}, which is not an address book.", FORMS)
        if fault := _FAULTS[_KINDS[scheme]](self) or _fault_of_account(self):
            raise fault
        return self


_KINDS: Mapping[str, Kind] = {
    "": "file",
    "ldap": "ldap",
    "ldaps": "ldap",
    "https": "carddav",
    "http": "carddav",
    "asterisk": "asterisk",
}
"""The kind of a source, by the scheme of its URL."""


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return SplitResult("?", "", "", "", "")
    return parts


def _fault_of_file(source: DirectorySource) -> FaultyRecord | None:
    if source.url.startswith("/"):
        return None
    return FaultyRecord(f"url is {source.url!r}, which is neither a URL nor a complete path.", FORMS)


def _fault_of_ldap(source: DirectorySource) -> FaultyRecord | None:
    parts = _split(source.url)
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.username is not None:
        return FaultyRecord(
            f"url is {source.url!r}; of an LDAP server, it has only the host and the port.",
            "Write it like ldap://HOST or ldaps://HOST:636, with base, filter and user beside it.",
        )
    if not source.base:
        return FaultyRecord("base is missing.", "Write the DN of the entries: ou=people,dc=example,dc=com.")
    if not re.fullmatch(r"\(.+\)", source.filter):
        return FaultyRecord(f"filter is {source.filter!r}.", "Write it in parentheses: (telephoneNumber=*)")
    if not source.name_attributes or not source.number_attributes:
        return FaultyRecord("no attribute is named.", "Name at least one in each list, or unset the list.")
    return None


def _fault_of_carddav(source: DirectorySource) -> FaultyRecord | None:
    parts = _split(source.url)
    if not parts.hostname or parts.username is not None or parts.query or parts.fragment:
        return FaultyRecord(
            f"url is {source.url!r}, which is not the address of a CardDAV server.",
            "Write it like https://HOST/PATH, with user and password beside it.",
        )
    if parts.scheme == "http" and source.encrypted:
        return FaultyRecord("http:// is not encrypted.", "Write https://, or set encrypted=no, too.")
    return None


def _fault_of_asterisk(source: DirectorySource) -> FaultyRecord | None:
    if not re.fullmatch(r"asterisk:[A-Za-z0-9_-]{1,64}", source.url):
        return FaultyRecord(f"url is {source.url!r}.", "Write it like asterisk:cidname, without slashes.")
    if source.user:
        return FaultyRecord("user is set.", "Unset it: ringup uses pbx.manager_user.")
    return None


def _fault_of_account(source: DirectorySource) -> FaultyRecord | None:
    if bool(source.user) == bool(source.password):
        return None
    missing = "password" if source.user else "user"
    return FaultyRecord(f"the account has no {missing}.", "Set user and password, or neither.")


_FAULTS: Mapping[Kind, Callable[[DirectorySource], FaultyRecord | None]] = {
    "file": _fault_of_file, "ldap": _fault_of_ldap, "carddav": _fault_of_carddav,
    "asterisk": _fault_of_asterisk,
}  # fmt: skip
"""For each kind of source, a function that returns its fault."""
