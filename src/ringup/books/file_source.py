"""Read an address book from a file: CSV, vCards, or Asterisk's voicemail.conf."""

from pathlib import Path

from ringup.books.reading import BookReading, BookUnreadable, named_in_short
from ringup.directory.file_entries import read_file
from ringup.site.directory_record import DirectorySource
from ringup.site.model import Pbx


def read(source: DirectorySource, tag: str, _pbx: Pbx) -> BookReading | None:
    """Return the names of a file; its tag is its time of change and its size."""
    path = Path(source.url)
    try:
        status = path.stat()
        seen = f"{status.st_mtime_ns} {status.st_size}"
        if seen == tag:
            return None
        data = path.read_bytes()
    except OSError as error:
        cure = "Check its path, and that the user of `ringup serve` may read it."
        raise BookUnreadable(f"reading {path}", f"{error.strerror or error}.", cure) from error
    entries, problems, are_inside = read_file(data, str(path))
    return BookReading(entries, seen, are_inside, named_in_short(problems))
