"""The first run, `ringup init`: what is found on the machine, the questions, one plan, and its steps."""
