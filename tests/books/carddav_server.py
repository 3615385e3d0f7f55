"""A private Radicale on the loopback, with TLS and one account."""

import ssl
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPSConnection
from pathlib import Path

from tests.books import certificates
from tests.books.open_port import free_port, wait_for

USER, PASSWORD = "ada", "correct horse"


class CardDavServer:
    """A running server."""

    def __init__(self, port: int, ca: Path) -> None:
        self.port, self.ca = port, ca
        self.url = f"https://localhost:{port}"

    def send(self, method: str, path: str, body: str = "", kind: str = "application/xml") -> None:
        """Send one request with the account."""
        account = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        context = ssl.create_default_context(cafile=str(self.ca))
        connection = HTTPSConnection("localhost", self.port, context=context, timeout=10)
        headers = {"Authorization": f"Basic {account}", "Content-Type": f"{kind}; charset=utf-8"}
        connection.request(method, path, body.encode(), headers)
        response = connection.getresponse()
        said = response.read()
        connection.close()
        assert response.status < 300, (method, path, response.status, said)

    def make_book(self, name: str) -> None:
        """Make an empty address book of the account."""
        kind = "<d:resourcetype><d:collection/><c:addressbook/></d:resourcetype>"
        spaces = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav"'
        self.send(
            "MKCOL", f"/{USER}/{name}/", f"<d:mkcol {spaces}><d:set><d:prop>{kind}</d:prop></d:set></d:mkcol>"
        )

    def put(self, book: str, number: int, name: str, telephone: str) -> None:
        """Write one card."""
        fields = (f"UID:u{number}", f"FN:{name}", f"N:;{name};;;", f"TEL:{telephone}")
        card = "\r\n".join(("BEGIN:VCARD", "VERSION:3.0", *fields, "END:VCARD", ""))
        self.send("PUT", f"/{USER}/{book}/{number}.vcf", card, "text/vcard")


@contextmanager
def running(folder: Path) -> Iterator[CardDavServer]:
    """Start a server with an empty storage."""
    ca, certificate, key = certificates.make(folder)
    port, accounts, configuration = free_port(), folder / "accounts", folder / "radicale.conf"
    accounts.write_text(f"{USER}:{PASSWORD}\n")
    configuration.write_text(
        f"[server]\nhosts = localhost:{port}\nssl = True\ncertificate = {certificate}\nkey = {key}\n"
        f"[auth]\ntype = htpasswd\nhtpasswd_filename = {accounts}\nhtpasswd_encryption = plain\ndelay = 0\n"
        f"[storage]\nfilesystem_folder = {folder / 'data'}\n[logging]\nlevel = error\n"
    )
    server = subprocess.Popen(
        [sys.executable, "-m", "radicale", "--config", configuration], stderr=subprocess.DEVNULL
    )
    try:
        wait_for(port)
        yield CardDavServer(port, ca)
    finally:
        server.terminate()
        server.wait()
