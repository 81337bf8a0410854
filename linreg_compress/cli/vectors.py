"""Read a vector from a file; every message names the file, the place in it, the value and what to do."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linreg_compress.errors import LinregCompressError

if TYPE_CHECKING:
    from linreg_compress._validation import FloatArray

_ANEW = "Save it anew with np.save."


def read_vector(name: str, *, nonnegative: bool = False) -> FloatArray:
    """Read a vector from a .npy file, or from text with one number a line.

    Parameters
    ----------
    name : str
        A name that ends in .npy is read as NumPy's format; text is UTF-8, or UTF-16 with a byte order mark.
    nonnegative : bool, default False
        Refuse numbers below zero, as importances must be.

    Raises
    ------
    LinregCompressError
        If it cannot be read, holds no numbers or other things beside them, or one that is not finite or above 1e100.
    """
    path = Path(name)
    try:
        if path.is_char_device():  # it may never end
            raise LinregCompressError(f"{name} must be a readable file; got a device. Check the path.")
        if path.suffix == ".npy":
            vector, places = _array(name, path)
        else:
            vector, places = _lines(name, path.read_bytes())
    except OSError as error:
        reason = error.strerror or str(error)
        raise LinregCompressError(f"{name} must be a readable file; got: {reason}. Check the path.") from None
    if not vector.size:
        raise LinregCompressError(f"{name} must hold at least one number; got none.")
    _refuse_illegal(name, vector, places, nonnegative)
    return vector


def _array(name: str, path: Path) -> tuple[FloatArray, list[str] | None]:
    import numpy as np

    content = path.read_bytes()
    if not content.startswith((b"\x93NUMPY", b"PK")):
        raise LinregCompressError(f"{name} must be a readable file in NumPy's format; got another. {_ANEW}")
    try:
        array: Any = np.load(io.BytesIO(content), allow_pickle=False)
    except MemoryError:
        raise LinregCompressError(
            f"{name} must hold as many numbers as its header says; got one that says more than fit into memory. " + _ANEW
        ) from None
    except Exception as error:
        if "pickle" in str(error):
            raise LinregCompressError(
                f"{name} must hold plain numbers; got Python objects. Save it as np.save(name, array.astype(float))."
            ) from None
        reason = (str(error).splitlines() or [type(error).__name__])[0][:80]
        raise LinregCompressError(
            f"{name} must be a readable file in NumPy's format; got: {reason}. Save it anew with np.save."
        ) from None
    if not isinstance(array, np.ndarray):
        raise LinregCompressError(f"{name} must hold one array; got an archive. Save one vector with np.save.")
    if array.dtype.kind not in "iuf":
        remedy = "Save its real part" if array.dtype.kind == "c" else "Save it as array.astype(float)"
        raise LinregCompressError(f"{name} must hold real numbers; got type {array.dtype}. {remedy}.")
    if array.ndim != 1:
        raise LinregCompressError(
            f"{name} must hold one vector of real numbers; got shape {array.shape}. Save array.ravel()."
        )
    with np.errstate(over="ignore"):
        return array.astype(np.float64), None


def _lines(name: str, content: bytes) -> tuple[FloatArray, list[str]]:
    import numpy as np

    from linreg_compress.cli.cells import encoding_of, number

    try:
        lines = content.decode(encoding_of(content[:4])).splitlines()
    except UnicodeDecodeError as error:
        broken = content.count(b"\n", 0, error.start) + 1
        raise LinregCompressError(
            f"{name} must be text or .npy; got bytes that are not UTF-8, the first in line {broken}. Save it as UTF-8."
        ) from None
    values: list[float] = []
    places: list[str] = []
    for count, line in enumerate(lines, start=1):
        text = line.strip()
        if text:
            value = number(text)
            if value is None:
                raise LinregCompressError(
                    f"{name} line {count} must hold one number; got {text[:40]!r}. {_advice(text, first=not values)}"
                )
            values.append(value)
            places.append(f"line {count}")
    return np.array(values, dtype=np.float64), places


def _advice(text: str, *, first: bool) -> str:
    """Say what to do about a line that is no number."""
    from linreg_compress.cli.cells import advice, number

    for delimiter, word in ((";", "semicolons"), ("\t", "tabs"), (" ", "spaces"), (",", "commas")):
        parts = [part.strip() for part in text.split(delimiter)]
        many = len(parts) > 2 or delimiter != ","
        if len(parts) > 1 and many and all(number(part) is not None for part in parts) and "Write" not in advice(text):
            return f"Put each of its {len(parts)} numbers on a line of its own, without {word}."
    said = advice(text)
    if said.startswith("Drop the column"):
        return "Remove the header line." if first else "Remove the line, or write it as a number."
    said = said.replace("in the whole column", "in the whole file").replace("the whole column is", "the whole file is")
    if text.count(",") == 1:
        said += " If the comma separates two numbers, put each on a line of its own."
    return said


def _refuse_illegal(name: str, vector: FloatArray, places: list[str] | None, nonnegative: bool) -> None:
    import numpy as np

    from linreg_compress.compression.clustering.record import LARGEST

    rules = [
        (np.isfinite(vector), "must be finite", "Remove or replace it."),
        (np.abs(vector) <= LARGEST, f"must not exceed {LARGEST:g} in size", "Scale all numbers of the file down."),
    ]
    for legal, rule, remedy in rules:
        if not legal.all():
            place = int(np.argmin(legal))
            raise LinregCompressError(f"{name} {_where(place, places)} {rule}; got {float(vector[place])!r}. {remedy}")
    if nonnegative and (vector < 0).any():
        place = int(np.argmax(vector < 0))
        found = f"{float(vector[place])!r} in {name} {_where(place, places)}"
        raise LinregCompressError(
            f"--importance must be zero or positive; got {found}. Write 0 for a weight that does not count."
        )


def _where(place: int, places: list[str] | None) -> str:
    return places[place] if places else f"entry {place} (from 0)"
