"""Encrypt the secrets of the site by AES-256-GCM, so that a copy of the database alone reveals no password.

Each value has 96 random bits of its own as its nonce (NIST SP 800-38D, 8.2.2), so equal passwords look
different. An empty secret stays empty.
"""

import os
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Engine

from ringup.errors import StoreError
from ringup.site.mask import with_secrets

KEY_BYTES = 32

PREFIX = "aes256gcm:"
"""Begins every encrypted value; nonce, text and tag follow in base64."""

_NONCE_BYTES = 12
_CHECKED = "the key of this site"
"""A text that the database holds encrypted, so that a wrong key is detected before it is used."""

_CIPHER = "ringup_cipher"
"""The execution option of an engine and its connections that holds the cipher."""


class Cipher:
    """Encrypts and decrypts with one key."""

    def __init__(self, key: bytes, source: Path | str = "memory") -> None:
        self._aead = AESGCM(key)
        self.source = source
        """The key's file, for messages."""

    def encrypt(self, text: str) -> str:
        """Return the encrypted text, which is stored instead of this text."""
        if not text:
            return text
        nonce = os.urandom(_NONCE_BYTES)
        return PREFIX + b64encode(nonce + self._aead.encrypt(nonce, text.encode(), None)).decode()

    def decrypt(self, stored: str) -> str:
        """Return the text; raises StoreError if another key encrypted it, or if it is damaged."""
        if not stored.startswith(PREFIX):
            return stored  # the value is empty, or was written by hand
        try:
            raw = b64decode(stored[len(PREFIX) :])
            return self._aead.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], None).decode()
        except (InvalidTag, ValueError) as error:
            raise StoreError(
                "a password in the database",
                f"the key in {self.source} does not decrypt it.",
                "Restore the database and its key from one backup.",
            ) from error

    def encrypt_all(self, value: Any) -> Any:
        """Return the same plain data with each secret in it encrypted."""
        return with_secrets(value, self.encrypt)

    def decrypt_all(self, value: Any) -> Any:
        """Return the same plain data with each secret in it decrypted; raises StoreError."""
        return with_secrets(value, self.decrypt)

    def proof(self) -> str:
        """Return an encrypted text by which `is_proven_by` recognises this key."""
        return self.encrypt(_CHECKED)

    def is_proven_by(self, proof: str) -> bool:
        """Return whether a proof was made with this key."""
        try:
            return self.decrypt(proof) == _CHECKED
        except StoreError:
            return False


def new_key() -> bytes:
    """Return a new random key."""
    return AESGCM.generate_key(KEY_BYTES * 8)


def give_cipher(engine: Engine, cipher: Cipher) -> None:
    """Let every connection of this engine encrypt and decrypt with the cipher."""
    engine.update_execution_options(**{_CIPHER: cipher})


def cipher_of(connection: Connection) -> Cipher:
    """Return the cipher that the connection's engine was given."""
    cipher: Cipher = connection.get_execution_options()[_CIPHER]
    return cipher
