"""A private OpenLDAP on the loopback, from Debian's packages beside the system (`tools/peer-servers`)."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.books import certificates
from tests.books.open_port import free_port, wait_for

PEERS = Path(os.environ.get("RINGUP_CACHE", ".cache")).absolute() / "peers"
LIBRARIES = next(iter(sorted(PEERS.glob("usr/lib/*-linux-gnu"))), PEERS)
ENVIRONMENT = {"PATH": f"{PEERS}/usr/bin:{os.environ['PATH']}", "LD_LIBRARY_PATH": str(LIBRARIES)}
BASE = "ou=people,dc=example,dc=com"
LIMITED = "cn=limited,dc=example,dc=com"
"""Another account with the same password; to this one, the server gives no more than 500 entries."""
READER, PASSWORD = "cn=reader,dc=example,dc=com", "s3cret of the reader"

_TOP = f"""\
dn: dc=example,dc=com
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: {READER}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: {PASSWORD}

dn: {LIMITED}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: limited
userPassword: {PASSWORD}

dn: {BASE}
objectClass: organizationalUnit
ou: people
"""


def person(number: int, **fields: str) -> str:
    """Return an entry of a person in LDIF."""
    given = {"cn": f"Person {number}", "sn": "Person", "telephoneNumber": f"+49 30 {number:06}", **fields}
    lines = "".join(f"{name}: {value}\n" for name, value in given.items() if value)
    return f"dn: uid=p{number},{BASE}\nobjectClass: inetOrgPerson\nuid: p{number}\n{lines}"


@contextmanager
def running(folder: Path, people: str) -> Iterator[tuple[str, Path]]:
    """Give the port's URL without a scheme, like `127.0.0.1:4711`, and the file of its CA."""
    ca, certificate, key = certificates.make(folder)
    data = folder / "data"
    data.mkdir()
    configuration, ldif = folder / "slapd.conf", folder / "people.ldif"
    schemas = "".join(f"include {PEERS}/etc/ldap/schema/{each}.schema\n" for each in _SCHEMAS)
    configuration.write_text(
        f"{schemas}modulepath {PEERS}/usr/lib/ldap\nmoduleload back_mdb\nallow bind_v2\n"
        f"TLSCertificateFile {certificate}\nTLSCertificateKeyFile {key}\nTLSCACertificateFile {ca}\n"
        f"database mdb\nsuffix dc=example,dc=com\ndirectory {data}\n"
        f'access to attrs=userPassword by anonymous auth\naccess to * by dn="{READER}" read'
        f' by dn="{LIMITED}" read\n'
        f'limits dn.exact="{READER}" size=unlimited\n'
    )
    ldif.write_text(f"{_TOP}\n{people}")
    _run("slapadd", "-q", "-f", str(configuration), "-l", str(ldif))
    port = free_port()
    server = subprocess.Popen(
        [PEERS / "usr/sbin/slapd", "-d", "0", "-f", configuration, "-h", f"ldap://127.0.0.1:{port}"],
        env=_environment(), stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(port)
        yield f"127.0.0.1:{port}", ca
    finally:
        server.terminate()
        server.wait()


def _environment() -> Mapping[str, str]:
    return {**os.environ, **ENVIRONMENT}


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run(
        [PEERS / "usr/sbin" / program, *arguments],
        capture_output=True,
        text=True,
        env=_environment(),
        check=False,
    )
    assert done.returncode == 0, done.stderr


_SCHEMAS = ("core", "cosine", "inetorgperson")
