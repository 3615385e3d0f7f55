"""The files of other projects are those of their packages."""

from hashlib import sha256
from pathlib import Path

import ringup.web

VENDORED = Path(ringup.web.__file__).parent / "static/vendor"
CHECKSUMS = {
    "htmx.min.js": "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130",
    "hx-sse.min.js": "18ef2761356ec1fe0bb6d92612315b37517a7c1e9856b661c5ae81fef239d103",
    "simple.min.css": "fb0624582679e4af905268e0fb461128583a49b5d9e5d8675d1c9e2fc34c7d3d",
}


def test_vendored_files_are_unchanged() -> None:
    found = {
        path.name: sha256(path.read_bytes()).hexdigest()
        for path in VENDORED.iterdir()
        if path.suffix in (".js", ".css")
    }
    assert found == CHECKSUMS


def test_each_has_its_licence_and_names_no_other_host() -> None:
    assert (VENDORED / "htmx-LICENSE").read_text().startswith("Zero-Clause BSD")
    assert "MIT License" in (VENDORED / "simple-LICENSE").read_text()
    for path in VENDORED.glob("*.css"):
        assert "@import" not in path.read_text()
        assert "url(http" not in path.read_text()
