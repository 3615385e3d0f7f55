"""A CA of our own, and a certificate of it for localhost."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def make(folder: Path) -> tuple[Path, Path, Path]:
    """Write a CA, and a certificate with its key for localhost; return their files."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = _signed("Our CA", "Our CA", ca_key.public_key(), ca_key, is_ca=True)
    own = _signed("localhost", "Our CA", key.public_key(), ca_key, is_ca=False)
    files = folder / "ca.pem", folder / "server.pem", folder / "server.key"
    for file, certificate in zip(files, (ca, own), strict=False):
        file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    files[2].write_bytes(key.private_bytes(serialization.Encoding.PEM, *private))
    return files


def _signed(
    name: str,
    issuer: str,
    public: ec.EllipticCurvePublicKey,
    by: ec.EllipticCurvePrivateKey,
    *,
    is_ca: bool,
) -> x509.Certificate:
    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    now = datetime.now(UTC)
    alternatives = [x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))]
    return (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(is_ca, None), critical=True)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .sign(by, hashes.SHA256())
    )
