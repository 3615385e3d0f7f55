"""The diffs of a plan's files, which are computed only when they are first read.

Most commands print no diff, and the diffs of thousands of phones take longer than the rest of the change.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, overload

from ringup.change.file_diff import FileDiff, file_diff
from ringup.change.rendered import FilePair


class FileDiffs(Sequence[FileDiff]):
    """A tuple of diffs that is computed when it is first read; equal to any sequence of the same diffs."""

    def __init__(self, files: Callable[[], Iterable[FilePair]]) -> None:
        """Compute the diffs from the files that `files` returns; `files` is called at most once."""
        self._files = files

    @cached_property
    def _diffs(self) -> tuple[FileDiff, ...]:
        return tuple(file_diff(file.side, file.name, file.before, file.after) for file in self._files())

    def __len__(self) -> int:
        return len(self._diffs)

    def __iter__(self) -> Iterator[FileDiff]:
        return iter(self._diffs)

    @overload
    def __getitem__(self, index: int) -> FileDiff: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[FileDiff, ...]: ...
    def __getitem__(self, index: int | slice) -> FileDiff | tuple[FileDiff, ...]:
        return self._diffs[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._diffs == tuple(other)

    def __hash__(self) -> int:
        return hash(self._diffs)

    def __repr__(self) -> str:
        return repr(self._diffs)

    def __deepcopy__(self, _memo: dict[int, Any]) -> tuple[FileDiff, ...]:
        return self._diffs  # dataclasses.asdict calls this; it must not copy the files, which contain secrets
