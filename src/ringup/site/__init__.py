"""The operator's records: the phones, their configuration, and the PBX at which they register."""
