"""A choice of reply ports that is the same in each run."""

from random import Random

from ringup.engine.tftp.reply_ports import SECRET_BYTES, ReplyPortChoice


def choice_of(seed: int) -> ReplyPortChoice:
    return ReplyPortChoice(Random(seed).randbytes(SECRET_BYTES))


PORT_CHOICE = choice_of(0)
