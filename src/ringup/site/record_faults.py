"""Faults of a complete record and not of a single field, each with a fact and a cure."""

import re

from ringup.phone.fault import FaultCode, ValueFault
from ringup.phone.models import MODELS


class FaultyRecord(ValueError):
    """Raised while a record is validated; `ringup.site.complaints` takes the fact and the cure from it."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(f"{what} {cure}")
        self.what = what
        self.cure = cure


def fault_of_country(code: str) -> ValueFault | None:
    """Return the fault if these two letters are not a country with telephone numbers, or None."""
    import phonenumbers  # most sites have no country, so the library is loaded only here

    if not code or code in phonenumbers.SUPPORTED_REGIONS:
        return None
    fact = "has no numbering plan."
    return ValueFault(
        FaultCode.NO_COUNTRY, f"the country {code}", fact, "Write its two letters of ISO 3166-1, like DE."
    )


def fault_of_keys(model: str, lines: int, speed_dials: int = 0) -> ValueFault | None:
    """Return the fault if the phone has more lines and speed dials than this model has line buttons, or
    None.
    """
    most = MODELS[model].lines
    if lines + speed_dials <= most:
        return None
    also = f" and {speed_dials} speed dials" if speed_dials else ""
    fact = f"has {most} line keys, {lines} lines{also} are given."
    return ValueFault(FaultCode.TOO_MANY_LINES, f"a {model}", fact, "Remove some.")


def fault_of_other_load(number: str, load: str) -> ValueFault | None:
    """Return the fault of a load for another model, which XMLDefault.cnf.xml would name, or None."""
    if not re.fullmatch(r"[1-9][0-9]{0,9}", number):
        return _of_other_load(FaultCode.NO_MODEL, number, "is not the number of a model.")
    if model := next((model.name for model in MODELS.values() if str(model.load_number) == number), None):
        return _of_other_load(FaultCode.OWN_MODEL, number, f"is the {model}'s, which runs the site's load.")
    if not re.fullmatch(r"[!-~]{1,64}", load):
        fact = f"cannot name {load!r}: a load has up to 64 letters, digits and signs."
        return _of_other_load(FaultCode.NO_LOAD, number, fact)
    return None


def _of_other_load(code: FaultCode, number: str, fact: str) -> ValueFault:
    return ValueFault(code, f"loadInformation{number}", fact, "Write other_loads like `30018: SIP41.8-5-4S`.")
