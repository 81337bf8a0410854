"""Files that `advise` writes: whole or not at all, and all of them or none."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from linreg_compress.advice.record import Findings
from linreg_compress.errors import InvalidInputError
from linreg_compress.files import whole

PICTURES = (".svg", ".png", ".pdf")


def checked_suffix(option: str, name: str, suffixes: tuple[str, ...]) -> Path:
    """Return the path of a file, if its suffix is one of some."""
    path = Path(name)
    if path.suffix.lower() not in suffixes:
        raise InvalidInputError(option, f"must end in {' or '.join(suffixes)}", repr(name))
    return path


def write_all(writers: Mapping[Path, Callable[[Path], None]]) -> None:
    """Let every writer fill a file beside its target, then move all into place.

    Raises
    ------
    InvalidInputError
        If one cannot be written; then none is.
    """
    with whole(writers, "save") as unfinished:
        for write, place in zip(writers.values(), unfinished, strict=True):
            write(place)


def save_weights(advice: Findings, path: Path) -> None:
    """Write the quantized weights and all it takes to predict new rows.

    Notes
    -----
    The arrays of the file, which holds no pickled objects:

    - ``columns`` (d,): names; ``target``: name; ``quantizer``; ``bits_per_weight``.
    - ``assignments`` (d,), integers of one byte where they suffice, and ``codebook``, the levels in use: weight j is
      ``codebook[assignments[j]]``.
    - ``means``, ``scales`` (d,): the weight belongs to ``(x_j - means[j]) / scales[j]``; ``offset`` is added to the sum.
    - ``slopes`` (d,), ``intercept``: the same in the columns' own units, ``y = intercept + x @ slopes``.
    - ``unquantized_slopes`` (d,), ``unquantized_intercept``: least squares itself.
    """
    design, fitted, parts = advice.design, advice.fitted, advice.shipped
    own = fitted.weights / fitted.units / design.scales
    with path.open("wb") as stream:
        np.savez(
            stream,
            columns=np.array(design.names),
            target=np.array(design.target_name),
            assignments=parts.indices.astype(np.min_scalar_type(len(parts.table) - 1)),
            codebook=parts.table,
            means=design.means,
            scales=fitted.units * design.scales,
            offset=np.array(design.target_mean),
            slopes=parts.slopes,
            intercept=np.array(parts.intercept),
            unquantized_slopes=own,
            unquantized_intercept=np.array(design.target_mean - own @ design.means if design.intercept else 0.0),
            quantizer=np.array(advice.shipped_as.quantizer),
            bits_per_weight=np.array(advice.shipped_as.bits_per_weight),
        )
