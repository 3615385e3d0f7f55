"""Probes of this machine, its network and its PBX: each module returns plain values, and judges nothing."""
