"""O6xx, R7xx: rules about OS79XX.TXT, and about RINGLIST.DAT and its ring tones, line by line."""

import re
from collections.abc import Iterable, Iterator

from ringup.finding import ERROR, NOTE, WARNING
from ringup.lint.bundle import Bundle, SourceFile
from ringup.lint.finding import CodedRule, Occurrence, for_each, seen
from ringup.lint.kinds import ContentKind
from ringup.lint.value_rules import repaired_load
from ringup.phone.firmware import EXTENSIONS, loader_of, protocol_of, release_of, right_name
from ringup.phone.ring_tone import BLOCK, CONVERT, HEADERS, LONGEST, SHORTEST

LONGEST_LINE = 255
"""Maximum number of characters of a line that --fix repairs: more than any real name and file name need."""

_BLANKS_FOR_TAB = re.compile(r"(\S.*?)[ ]+(\S+\.(?:pcm|raw|ul|ulaw))([ ]*)", re.IGNORECASE)
Numbered = Iterator[tuple[int, str]]


def _pointers(bundle: Bundle) -> Iterable[SourceFile]:
    return (file for file in bundle.of(ContentKind.POINTER) if file.data.strip())


def _ring_lists(bundle: Bundle) -> Iterable[SourceFile]:
    return (file for file in bundle.of(ContentKind.RINGLIST) if not file.is_xml)


def _lists_in_xml(bundle: Bundle) -> Iterable[SourceFile]:
    return (file for file in bundle.of(ContentKind.RINGLIST) if file.is_xml)


def _xml_for_lines(file: SourceFile) -> Iterator[Occurrence]:
    message = "The ring list is in XML, as later models read it; a 7940 or 7960 reads lines."
    yield seen(file, 1, message, "Write a name, a TAB and a file on each line.")


def _lines(file: SourceFile) -> Numbered:
    """Return the lines that are not empty, without their line ends."""
    for number, line in enumerate(file.text.split("\n"), start=1):
        if line.strip():
            yield number, line.removesuffix("\r")


def _image(file: SourceFile) -> str:
    """Return the image name in the first line of OS79XX.TXT."""
    return next((line.strip() for _, line in _lines(file)), "")


def _with_extension(image: str) -> bool:
    return image.lower().endswith(EXTENSIONS)


def _is_image(image: str) -> bool:
    return protocol_of(image.upper()) is not None and release_of(image.upper()) is not None


def _pointer_blank(file: SourceFile) -> Iterator[Occurrence]:
    for number, line in _lines(file):
        if line != line.strip():
            message = f"A space is next to {line.strip()}: the phone requests the name with it (CSCdv19260)."
            yield seen(file, number, message, "Remove it.")


def _repair_pointer_blank(name: str, data: bytes) -> tuple[str, bytes]:
    lines = [re.sub(rb"^[ \t]+|[ \t]+(?=\r?$)", b"", line) for line in data.split(b"\n")]
    return name, b"\n".join(lines)


def _pointer_lines(file: SourceFile) -> Iterator[Occurrence]:
    for number, _ in list(_lines(file))[1:]:
        yield seen(file, number, "Only the first line counts.", "Keep one name.")


def _pointer_extension(file: SourceFile) -> Iterator[Occurrence]:
    if _with_extension(_image(file)):
        yield seen(file, 1, f"{_image(file)} carries an extension; the phone adds it.", "Leave it out.")


def _repair_pointer(name: str, data: bytes) -> tuple[str, bytes]:
    first, newline, rest = data.partition(b"\n")
    image = first.strip().decode("latin-1")
    return name, first.replace(
        image.encode("latin-1"), repaired_load(image).encode("latin-1")
    ) + newline + rest


def _pointer_name(file: SourceFile) -> Iterator[Occurrence]:
    image = _image(file)
    if not _with_extension(image) and not _is_image(image):
        yield seen(
            file, 1, f"{image[:40]} is not the name of a firmware image.", "Write one like P003-8-12-00."
        )


def _pointer_zeros(file: SourceFile) -> Iterator[Occurrence]:
    image = _image(file)
    if not _with_extension(image) and _is_image(image) and right_name(image) != image:
        yield seen(file, 1, f"{image} is not spelt as its file is.", f"Write {right_name(image)}.")


def _pointer_application(file: SourceFile) -> Iterator[Occurrence]:
    image = right_name(_image(file))
    if _is_image(image) and loader_of(image) != image:
        message = f"{image} is an application; only its loader has the .bin that old phones need."
        yield seen(file, 1, message, f"Write {loader_of(image)}.")


def _pointer_image_not_here(bundle: Bundle) -> Iterator[Occurrence]:
    for file in _pointers(bundle) if bundle.has_firmware else ():
        image = _image(file)
        is_here = any(f"{image}{suffix}" in bundle.by_name for suffix in (".bin", ".sbn"))
        # Another rule reports a wrong name.
        if _is_image(image) and right_name(image) == image == loader_of(image) and not is_here:
            message = f"{image} is named, but there is neither {image}.bin nor {image}.sbn."
            yield seen(file, 1, message, "Add it from its package.")


def _pointer_end(file: SourceFile) -> Iterator[Occurrence]:
    if not file.data.endswith(b"\n"):
        yield seen(file, 1, "The line has no end.", "End it with LF.")


def _repair_end(name: str, data: bytes) -> tuple[str, bytes]:
    return name, data if data.endswith(b"\n") else data + b"\n"


# --- ring tones -------------------------------------------------------------------------------------------


def _tabs(file: SourceFile) -> Iterator[Occurrence]:
    for number, line in _lines(file):
        if "\t" not in line:
            message = "There is no TAB between the name and the file."
            yield seen(file, number, message, "Separate them with one TAB; spaces do not count.")


def _repair_tabs(name: str, data: bytes) -> tuple[str, bytes]:
    def repaired(line: str) -> str:
        is_clear = "\t" not in line and len(line) <= LONGEST_LINE
        found = _BLANKS_FOR_TAB.fullmatch(line.removesuffix("\r")) if is_clear else None
        return f"{found[1]}\t{found[2]}{line[found.end() :]}" if found else line

    lines = data.decode("latin-1").split("\n")
    return name, "\n".join(repaired(line) for line in lines).encode("latin-1")


def _tones(file: SourceFile) -> Iterator[tuple[int, str, str]]:
    """Yield the line number, name and file name of each ring tone whose line has both columns."""
    for number, line in _lines(file):
        name, tab, tone = line.partition("\t")
        if tab:
            yield number, name, tone


def _columns(file: SourceFile) -> Iterator[Occurrence]:
    for number, name, tone in _tones(file):
        if not name.strip() or not tone.strip():
            yield seen(file, number, "The name or the file is empty.", "Write both, with one TAB between.")
        elif "\t" in tone or tone != tone.strip():
            yield seen(file, number, "A space or a second TAB becomes part of the file's name.", "Remove it.")


def _repair_columns(name: str, data: bytes) -> tuple[str, bytes]:
    def repaired(line: str) -> str:
        first, tab, tone = line.removesuffix("\r").partition("\t")
        tidy = tone.strip()
        if not tab or not first.strip() or not tidy or "\t" in tidy:
            return line
        return f"{first}\t{tidy}{line[len(line.removesuffix(chr(13))) :]}"

    lines = data.decode("latin-1").split("\n")
    return name, "\n".join(repaired(line) for line in lines).encode("latin-1")


def _tone_twice(file: SourceFile) -> Iterator[Occurrence]:
    first: dict[str, int] = {}
    for number, name, _ in _tones(file):
        if first.setdefault(name, number) != number:
            yield seen(file, number, f"{name} is on line {first[name]} already.", "Give it another name.")


def _tone_missing(bundle: Bundle) -> Iterator[Occurrence]:
    for file in _ring_lists(bundle) if bundle.is_complete else ():
        for number, _, tone in _tones(file):
            tone = tone.strip()
            other = bundle.by_any_case.get(tone.lower())
            if tone and "\t" not in tone and tone not in bundle.by_name:
                cure = (
                    f"The file is named {other.name}: write it so."
                    if other
                    else "Add it, or remove the line."
                )
                yield seen(file, number, f"{tone} is missing.", cure)


def _listed(bundle: Bundle) -> Iterator[SourceFile]:
    """Yield the sound files that a ring list names, each once."""
    names = {tone.strip() for file in _ring_lists(bundle) for _, _, tone in _tones(file)}
    return (bundle.by_name[name] for name in sorted(names) if name in bundle.by_name)


def _tone_size(file: SourceFile) -> int:
    return len(file.data) if file.size < 0 else file.size


def _tone_long(file: SourceFile) -> Iterator[Occurrence]:
    if _tone_size(file) > LONGEST:
        message = f"The ring tone has {_tone_size(file):,} bytes; the phone takes {LONGEST:,} (2 seconds)."
        yield seen(file, 0, message, "Shorten it.")


def _tone_short(file: SourceFile) -> Iterator[Occurrence]:
    if _tone_size(file) < SHORTEST:
        message = f"The ring tone has {_tone_size(file)} bytes; the phone needs {SHORTEST}."
        yield seen(file, 0, message, "Lengthen it.")


def _tone_step(file: SourceFile) -> Iterator[Occurrence]:
    size = _tone_size(file)
    if SHORTEST <= size <= LONGEST and size % BLOCK:
        message = f"The ring tone has {size:,} bytes, not a multiple of {BLOCK}."
        yield seen(file, 0, message, f"Cut it to {size - size % BLOCK:,}.")


def _tone_header(file: SourceFile) -> Iterator[Occurrence]:
    if file.data.startswith(tuple(HEADERS)):
        message = "The ring tone has the header of a sound file; the phone plays only u-law without a header."
        yield seen(file, 0, message, CONVERT)


RULES: tuple[CodedRule, ...] = (
    CodedRule(
        "O601", WARNING, "space next to the name", for_each(_pointers, _pointer_blank), _repair_pointer_blank
    ),
    CodedRule("O602", WARNING, "more than one line", for_each(_pointers, _pointer_lines)),
    CodedRule(
        "O603", ERROR, "name with an extension", for_each(_pointers, _pointer_extension), _repair_pointer
    ),
    CodedRule("O604", ERROR, "not the name of an image", for_each(_pointers, _pointer_name)),
    CodedRule(
        "O605", ERROR, "name with wrong zeros or case", for_each(_pointers, _pointer_zeros), _repair_pointer
    ),
    CodedRule(
        "O606", WARNING, "application instead of the loader", for_each(_pointers, _pointer_application)
    ),
    CodedRule("O607", WARNING, "image is missing", _pointer_image_not_here),
    CodedRule("O608", NOTE, "line without a line end", for_each(_pointers, _pointer_end), _repair_end),
    CodedRule("R701", WARNING, "no TAB", for_each(_ring_lists, _tabs), _repair_tabs),
    CodedRule("R702", WARNING, "invalid name or file", for_each(_ring_lists, _columns), _repair_columns),
    CodedRule("R703", WARNING, "ring tone named twice", for_each(_ring_lists, _tone_twice)),
    CodedRule("R704", WARNING, "ring tone file is missing", _tone_missing),
    CodedRule("R705", WARNING, "ring tone too long", for_each(_listed, _tone_long)),
    CodedRule("R706", WARNING, "ring tone too short", for_each(_listed, _tone_short)),
    CodedRule("R707", WARNING, "ring tone is not a multiple of 240 bytes", for_each(_listed, _tone_step)),
    CodedRule("R709", WARNING, "ring list in XML", for_each(_lists_in_xml, _xml_for_lines)),
    CodedRule("R708", WARNING, "ring tone with a header", for_each(_listed, _tone_header)),
)
