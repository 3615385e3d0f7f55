"""Runs the command line as ``python -m ringup``."""

from ringup.cli.main import main

if __name__ == "__main__":
    main()
