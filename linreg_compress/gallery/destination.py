"""Which folder a run of figures goes to, so that nothing small ever takes the place of a full record."""

from collections.abc import Iterable
from pathlib import Path

from linreg_compress.errors import InvalidInputError
from linreg_compress.gallery.figure import Figure
from linreg_compress.gallery.figure_files import read_record
from linreg_compress.gallery.setting import Setting

FULL = "figures"  # the folder of the full records


def destination(out: str | None, *, quick: bool, size: str, setting: Setting | None) -> Path:
    """Return the folder: the one that was named, or ``figures``, or for anything but a full record one of its own.

    Examples
    --------
    >>> str(destination(None, quick=False, size="lecture", setting=None))
    'figures'
    >>> str(destination(None, quick=True, size="lecture", setting=Setting(60, 20)))
    'figures-n60-d20-s1-quick'
    """
    if out is not None:
        return Path(out)
    marks = [setting.name] if setting else []
    marks += ["quick"] * quick + [size] * (size != "lecture")
    return Path("-".join([FULL, *marks]))


def refuse_full_records(
    figures: Iterable[Figure], folder: Path, *, quick: bool, size: str, setting: Setting | None
) -> None:
    """Refuse to write anything but a full record over one.

    Raises
    ------
    InvalidInputError
        If `folder` holds a full record of one of the figures, and this run would not make one.
    """
    if not quick and size == "lecture" and setting is None:
        return
    for figure in figures:
        path = folder / f"{figure.name}.json"
        if path.is_file() and _is_full(figure, path):
            raise InvalidInputError(
                "out",
                "must be a folder without a full record of the figure",
                path,
                f"Leave --out away to write to {destination(None, quick=quick, size=size, setting=setting)}.",
            )


def _is_full(figure: Figure, path: Path) -> bool:
    try:
        kept = read_record(path)
    except InvalidInputError:
        return False
    numbers = Setting().parameters()
    parameters = kept.get("parameters", {})
    own = figure.own_numbers and any(parameters.get(name) != value for name, value in numbers.items())
    return kept.get("quick") is False and kept.get("size") == "lecture" and not own
