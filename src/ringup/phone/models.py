"""The phone models, one row per model: its name, the number that selects its load, and its line buttons.

Source: P-MODEL-1 and P-MODEL-2.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Model:
    """One model of the 79xx family."""

    name: str
    load_number: int
    """The number N of ``<loadInformationN>`` in XMLDefault.cnf.xml.

    A phone reads only this number, not the model's name in the same element.
    """
    lines: int


LOAD_NUMBERS: dict[int, str] = {
    6: "7910", 7: "7960", 8: "7940", 9: "7935", 115: "7941", 119: "7971", 307: "7911", 308: "7961",
    309: "7941", 348: "7931", 365: "7921", 369: "7906", 404: "7962", 431: "7937", 434: "7942",
    435: "7945", 436: "7965", 437: "7975", 484: "7925", 20000: "7905", 30002: "7920", 30006: "7970",
    30007: "7912", 30008: "7902", 30018: "7961", 30019: "7936",
}  # fmt: skip
"""The model for each number N of ``<loadInformationN>``; 308 and 309 are the GE variants."""

MODELS: dict[str, Model] = {model.name: model for model in (Model("7940", 8, 2), Model("7960", 7, 6))}
