"""What a lesson shows and takes long to compute: tables of the package, so that a slider moves at once.

``python -m linreg_compress.demos.store [NAME ...]`` computes those of some lessons anew; tests recompute rows of them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tqdm import tqdm

from linreg_compress.files import read_rows, write_table
from linreg_compress.monte_carlo.estimate import Estimate

_FOLDER = Path(__file__).with_name("tables")


@dataclass(frozen=True, eq=False)
class Stored:
    """One table: the values of a function at some places."""

    name: str
    """Of its file, without the ending."""
    keys: tuple[str, ...]
    """Names of the function's arguments."""
    places: Callable[[], Iterable[tuple[float, ...]]]
    """Returns the arguments of each row."""
    compute: Callable[..., Mapping[str, float]]
    """The function: numbers by their names."""

    @property
    def path(self) -> Path:
        """Where it stands."""
        return _FOLDER / f"{self.name}.csv"

    def held(self) -> Mapping[tuple[float, ...], Mapping[str, float]]:
        """Return the rows by their places."""
        return _rows(self.path, self.keys)

    def at(self, *place: float) -> Mapping[str, float]:
        """Return the row of a place, or compute it where the table has none."""
        found = self.held().get(_key(place))
        return self.compute(*place) if found is None else found

    def write(self) -> Path:
        """Compute the table and write it."""
        from linreg_compress.gallery.rounding import rounded

        places = list(dict.fromkeys(map(_key, self.places())))
        rows = [
            dict(zip(self.keys, place, strict=True)) | dict(self.compute(*place))
            for place in tqdm(places, desc=self.name, unit="row", disable=None, leave=False)
        ]
        _rows.cache_clear()
        return write_table(self.path, rounded(rows))


def numbers(found: Mapping[str, Estimate]) -> dict[str, float]:
    """Return simulated values as numbers of a row: means, standard errors as ``NAME_se``, and how many trials they took."""
    row = {"trials": float(next(iter(found.values())).trials)}
    for name, each in found.items():
        row |= {name: each.mean, f"{name}_se": each.standard_error}
    return row


def estimates(row: Mapping[str, float]) -> dict[str, Estimate]:
    """Return the simulated values of a row that `numbers` made."""
    trials = int(row["trials"])
    names = [name.removesuffix("_se") for name in row if name.endswith("_se")]
    return {name: Estimate(row[name], row[f"{name}_se"], trials) for name in names}


def _key(place: Iterable[float]) -> tuple[float, ...]:
    """Twelve digits, as numbers are written."""
    return tuple(float(f"{value:.12g}") for value in place)


@cache
def _rows(path: Path, keys: tuple[str, ...]) -> Mapping[tuple[float, ...], Mapping[str, float]]:
    rows: list[dict[str, Any]] = [dict(row) for row in read_rows(path)] if path.exists() else []
    return {_key(row.pop(key) for key in keys): row for row in rows}
