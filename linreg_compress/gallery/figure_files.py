"""Write a figure's files, all or none, and read them back.

A figure is five files: svg, pdf and png (the picture), csv (every plotted number, to twelve digits) and json (the claim,
its check, and all it takes to draw it again). Two runs in one environment give the same bytes.
"""

import json
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from linreg_compress import __version__
from linreg_compress.errors import InvalidInputError
from linreg_compress.files import csv_text, make_folder, whole
from linreg_compress.gallery.figure import Figure, Row
from linreg_compress.gallery.rounding import rounded, rounded_record
from linreg_compress.gallery.style import house_style

_PICTURES: dict[str, dict[str, Any]] = {
    "svg": {"metadata": {"Date": None, "Creator": None}},
    "pdf": {"metadata": {"CreationDate": None, "Producer": None, "Creator": None}},
    "png": {"metadata": {"Software": None}, "dpi": 300},
}
KINDS = (*_PICTURES, "csv", "json")


def write_figure(figure: Figure, folder: Path, *, quick: bool = False, seed: int = 0, size: str = "lecture") -> list[Path]:
    """Compute a figure, check its claim, and write its five files; return them in the order of `KINDS`.

    Raises
    ------
    InvalidInputError
        If `folder` cannot be written; nothing is left behind.
    """
    make_folder(folder)
    rows = rounded(figure.compute(quick, seed))
    return write_files(figure, rows, folder, quick=quick, seed=seed, size=size)


def write_files(figure: Figure, rows: list[Row], folder: Path, *, quick: bool, seed: int, size: str) -> list[Path]:
    """Draw a figure from its table and write its five files."""
    make_folder(folder)
    details = record(figure, rows, quick=quick, seed=seed, size=size)
    paths = [folder / f"{figure.name}.{kind}" for kind in KINDS]
    with whole(paths) as unfinished:
        with house_style(size):
            canvas = figure.draw(rows, size)
            with _laid_out(canvas):
                for path, options in zip(unfinished, _PICTURES.values(), strict=False):
                    canvas.savefig(path, **options)
        unfinished[-2].write_text(csv_text(rows), encoding="utf-8")
        unfinished[-1].write_text(json.dumps(details, indent=2) + "\n", encoding="utf-8")
    return paths


@contextmanager
def _laid_out(canvas: Any) -> Iterator[None]:
    """Find the places once, by the metrics of svg and pdf: left alone, each picture draws everything twice to find them."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    FigureCanvasSVG(canvas)
    canvas.set_dpi(72)  # their unit is a point
    canvas.get_layout_engine().execute(canvas)
    with mpl.rc_context({"figure.constrained_layout.use": False}):  # each picture would start it anew
        canvas.set_layout_engine(None)
        yield


def record(figure: Figure, rows: list[Row], *, quick: bool, seed: int, size: str) -> dict[str, Any]:
    """Return what the json beside a picture holds."""
    options = f" {figure.setting.options}" if figure.setting else ""
    options += (" --quick" if quick else "") + (f" --size {size}" if size != "lecture" else "")
    verdicts = figure.verdicts(rows)
    return {
        "name": figure.name,
        "claim": figure.claim,
        "check": {"passed": all(verdicts.values()), "clauses": verdicts, "rows": len(rows)},
        "formula": figure.formula,
        "derivations": list(figure.derivations),
        "command": f"linreg-compress figures {figure.name}{options}",
        "parameters": rounded_record(figure.parameters),
        "quick": quick,
        "seed": seed,
        "size": size,
        "versions": _versions(),
    }


def _versions() -> dict[str, str]:
    # of this package what the code says: an editable installation keeps the number of the day it was made
    found = {"python": platform.python_version(), "linreg-compress": __version__}
    return found | {name: version(name) for name in ("numpy", "scipy", "matplotlib")}


def read_record(path: Path) -> dict[str, Any]:
    """Read a figure's json.

    Raises
    ------
    InvalidInputError
        If there is no such file, or it does not hold one JSON object.
    """
    try:
        details = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInputError("out", "must hold the figure's json", path, "Draw it first, without --check.") from error
    if not isinstance(details, dict):
        raise InvalidInputError("out", "must hold the figure's json, one object", path)
    return details
