"""Read the state of one phone's lines from Asterisk, in the form that the diagnosis needs."""

import asyncio
from collections.abc import Sequence

from ringup.asterisk.control import Manager
from ringup.asterisk.loaded import LoadedAccount, read_accounts
from ringup.asterisk.skinny import Skinny, read_skinny
from ringup.doctor.evidence import NOT_ASKED, PbxAnswers, PbxLine, SkinnyAnswers
from ringup.errors import RingupError
from ringup.rule import Unknown
from ringup.site.model import Pbx

ANSWER_SECONDS = 4.0
"""Maximum seconds of the complete exchange with Asterisk, because an operator waits for the result."""


async def pbx_state(
    pbx: Pbx, extensions: Sequence[str], *, with_skinny: bool = False
) -> PbxAnswers | Unknown:
    """Return the accounts and contacts of these SIP lines, or why they are not known.

    With `with_skinny`, also return the devices that chan_skinny has loaded.
    """
    if not pbx.manager_user or not (extensions or with_skinny):
        return NOT_ASKED
    manager = Manager(pbx.manager_host, pbx.manager_port, pbx.manager_user, pbx.manager_secret)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await manager.connect()
            skinny = _skinny(await read_skinny(manager)) if with_skinny else NOT_ASKED
            accounts = await read_accounts(manager, pbx.driver, extensions) if extensions else {}
    except RingupError as error:
        return Unknown(str(error).rstrip("."))
    except TimeoutError:
        return Unknown(f"Asterisk did not answer within {ANSWER_SECONDS:.0f} s")
    finally:
        await manager.close()
    if accounts is None:
        return Unknown(f"Asterisk has not loaded {pbx.driver}")
    return PbxAnswers({extension: _line(account) for extension, account in accounts.items()}, skinny)


def _skinny(loaded: Skinny | None) -> SkinnyAnswers:
    if loaded is None:
        return SkinnyAnswers(is_loaded=False)
    found = loaded.devices.items()
    return SkinnyAnswers(True, {name: each.address if each.is_registered else "" for name, each in found})


def _line(account: LoadedAccount) -> PbxLine:
    return PbxLine(account.options, account.contact.uri if account.contact else "")
