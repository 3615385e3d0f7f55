"""A TFTP server for other projects' clients: `python -m tests.peers.tftp_server ADDRESS PORT FOLDER`.

It prints its port when it serves, then every event as a JSON line; it ends when its standard input ends.
"""

import asyncio
import json
import sys

from ringup.engine.found import Absent, File, Found
from ringup.events import Event, to_record
from ringup.files.find import plain_name
from ringup.firmware.folder import FirmwareFolder
from ringup.serve.tftp.service import TftpService
from ringup.serve.tftp.sockets import TftpSockets


async def serve(address: str, port: int, folder: FirmwareFolder) -> None:
    def find(name: str, _address: str) -> Found:
        plain = plain_name(name)
        data = folder.read(plain) if isinstance(plain, str) else None
        return Absent("not in the folder") if data is None else File(name, data, "the folder", for_all=True)

    def tell(events: list[Event]) -> None:
        for event in events:
            print(json.dumps(to_record(event)), flush=True)

    service = TftpService(find, lambda _: "", tell, TftpSockets(address, port=port))
    service.open()
    service.start()
    print(service.port, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    service.close()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2]), FirmwareFolder(sys.argv[3])))
