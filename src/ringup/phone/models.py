"""One row a phone model: what it is called, what it asks for, what it can show.

Source: P-MODEL-1 and P-MODEL-2; P-DHCP-16 and P-DHCP-17 (vendor class).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Model:
    """One model of the 79xx family."""

    name: str
    load_number: int
    """The N of ``<loadInformationN>`` in XMLDefault.cnf.xml; the number selects, the text is decoration."""
    lines: int
    sip_load_prefix: str
    sccp_load_prefix: str
    vendor_classes: tuple[str, ...]
    """DHCP option 60 as the phone sends it, without the trailing NUL."""


MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        Model(
            "7940", 8, 2, "P0S3", "P003",
            ("Cisco Systems, Inc. IP Phone CP-7940G", "Cisco Systems, Inc. IP Phone CP-7940"),
        ),
        Model(
            "7960", 7, 6, "P0S3", "P003",
            ("Cisco Systems, Inc. IP Phone CP-7960G", "Cisco Systems, Inc. IP Phone CP-7960"),
        ),
    )
}  # fmt: skip
