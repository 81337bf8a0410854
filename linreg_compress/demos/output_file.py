"""Files that a student is given: checked before any work is done, and written whole or not at all."""

import os
import tempfile
from pathlib import Path

from linreg_compress.errors import InvalidInputError, LinregCompressError


def writable(path: Path, option: str) -> Path:
    """Return `path` if a file can be written there; make the folders above it. Errors call it by the name `option`.

    Raises
    ------
    InvalidInputError
        If it is a folder, or the folder above it cannot be made or written.
    """
    if path.is_dir():
        raise InvalidInputError(option, "must be a file", path, "It is a folder.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass  # what the permissions say is not what a read-only disk does
    except OSError as error:
        raise InvalidInputError(option, "must be a file that can be written", path, f"{error.strerror}.") from error
    if path.exists() and not os.access(path, os.W_OK):
        raise InvalidInputError(option, "must be a file that can be written", path, "It is write-protected.")
    return path


def write_whole(files: dict[Path, bytes]) -> None:
    """Write files that belong together: each is complete before the first one takes its place.

    Raises
    ------
    LinregCompressError
        If the disk has no room for them.
    """
    first = next(iter(files))
    try:
        with tempfile.TemporaryDirectory(dir=first.parent, prefix=".unfinished-") as scratch:
            for path, content in files.items():
                (Path(scratch) / path.name).write_bytes(content)
            for path in files:
                (Path(scratch) / path.name).replace(path)
    except OSError as error:
        raise LinregCompressError(
            f"{first} could not be written: {error.strerror or error}. Make room on its disk; nothing was left."
        ) from error
