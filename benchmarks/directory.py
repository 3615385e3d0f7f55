"""Measure the company directory with 20,000 names by default: the time to build it, its memory, and searches.

PYTHONPATH=src python benchmarks/directory.py [NAMES]
"""

import sys
import time
import tracemalloc
from random import Random
from statistics import median

from ringup.directory.book import Book
from ringup.directory.entry import Entry
from ringup.directory.folding import keys, words

SYLLABLES = ("an", "ber", "co", "da", "el", "fri", "gus", "ho", "ing", "jo", "ka", "lö", "mar", "ni", "ott")
SEARCHES = 2_000


def names(count: int, dice: Random) -> list[Entry]:
    """Return invented names, each with a different number."""

    def name() -> str:
        return "".join(dice.choice(SYLLABLES) for _ in range(dice.randint(2, 4))).capitalize()

    return [Entry(f"{name()} {name()}", str(10_000 + number)) for number in range(count)]


def main(count: int) -> None:
    """Print the figures."""
    dice = Random(1)  # noqa: S311 - the same names in each run
    entries = names(count, dice)
    tracemalloc.start()
    book = Book(entries)
    memory = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    began = time.perf_counter()
    Book(entries)
    built = time.perf_counter() - began
    print(f"{count} names: built in {built:.2f} s, {memory / 1e6:.0f} MB")
    for title, length in (
        ("a name's beginning", 3),
        ("two names", 0),
        ("four keys of a name", 4),
        ("a number's beginning", 5),
        ("nothing", -1),
    ):
        took = []
        for _ in range(SEARCHES if length >= 0 else 20):
            entry = dice.choice(entries)
            text = {
                3: entry.name[:3],
                0: entry.name,
                4: keys(words(entry.name)[0][:4]),
                5: entry.number[:4],
                -1: "",
            }[length]
            began = time.perf_counter()
            book.search(text)
            took.append(time.perf_counter() - began)
        print(f"{title:20} median {median(took) * 1000:.2f} ms, longest {max(took) * 1000:.2f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
