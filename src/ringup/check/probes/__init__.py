"""Probes of this machine, its network and its PBX: each module only returns plain values."""
