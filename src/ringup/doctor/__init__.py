"""Find out why a phone does not come up: evidence in, verdicts out, without a clock, a socket or a file."""
