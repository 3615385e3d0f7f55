"""What this machine, its network and its PBX say: each module returns plain values, and judges nothing."""
