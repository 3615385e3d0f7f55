"""An Asterisk with a database and scripted replies, for the services of the phones' menu."""

from collections.abc import Mapping

from ringup.asterisk.asker import PbxAsker
from ringup.engine.ami import Answered
from ringup.errors import AmiRefused
from ringup.wire.ami import AmiMessage


def row(**fields: str) -> AmiMessage:
    """Return one event of a list."""
    return AmiMessage(tuple(fields.items()))


class FakePbx(PbxAsker):
    """Replies at once, in any thread."""

    def __init__(self, lists: Mapping[str, tuple[AmiMessage, ...]] | None = None) -> None:
        super().__init__()
        self.lists = lists or {}
        self.database: dict[str, str] = {}
        self.commands: list[str] = []
        self.responses: dict[str, AmiMessage] = {}

    def ask(self, name: str, *fields: tuple[str, str]) -> Answered:
        """Return the reply; raises AmiRefused if there is none."""
        given = dict(fields)
        key = f"{given.get('Family')}/{given.get('Key')}"
        if name == "DBPut":
            self.database[key] = given["Val"]
        elif name == "Command":
            self.commands.append(given["Command"])
        elif name in ("DBGet", "DBDel"):
            if key not in self.database:
                raise AmiRefused(f"asking Asterisk for {name}", "Database entry not found.", "")
            value = self.database.pop(key) if name == "DBDel" else self.database[key]
            return Answered("1", AmiMessage(()), (row(Val=value),))
        elif name in self.responses:
            return Answered("1", self.responses[name])
        elif name not in self.lists:
            raise AmiRefused(f"asking Asterisk for {name}", "Invalid/unknown command.", "")
        return Answered("1", AmiMessage(()), self.lists.get(name, ()))
