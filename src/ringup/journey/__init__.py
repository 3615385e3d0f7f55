"""Events to stages: where each phone is on its road."""
