"""Change an account's password endlessly, and print each durable change; a test kills this process."""

import os
import sys
from itertools import count

from ringup.store.accounts import Account, AccountChange, add_account, change_account, read_account
from ringup.store.database import open_database
from ringup.store.sessions import Session, add_session


def password_of(number: int) -> str:
    """Return the hash of the password in this round."""
    return f"hash {number}"


def session_of(number: int) -> str:
    """Return the id of the session that began with the password of this round."""
    return f"session {number}"


def main(database: str) -> None:
    """Continue after the last round of the process before."""
    engine = open_database(database)
    add_account(engine, Account("larry", "administrator", password_of(0)))
    stored = read_account(engine, "larry")
    assert stored is not None
    for number in count(int(stored.password.split()[1])):
        add_session(engine, Session(f"{session_of(number)}.{os.getpid()}", "larry", 1.0, 2.0, ""), 0.0, 0.0)
        change = AccountChange(password=password_of(number + 1))
        change_account(engine, "larry", change, "administrator")
        sys.stdout.write(f"{number + 1}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
