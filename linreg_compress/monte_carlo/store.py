"""A sweep's finished chunks on disk: one SQLite file that survives whatever ends the process.

Every chunk is one transaction with a rollback journal and synchronous=FULL (SQLite before 3.51.3 can corrupt a database in
WAL mode), so after a kill, a power cut or a full disk the file holds exactly the chunks that were committed. The process
that has a store open holds SQLite's exclusive lock on it, and the system frees that lock however the process ends.
"""

import contextlib
import json
import os
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from linreg_compress.errors import InvalidInputError
from linreg_compress.files import beside

_APPLICATION = 0x6C72_7377  # "lrsw", in the file's header: a store is known from other SQLite files before it is touched
_SCHEMA = 1
_TABLES = (
    "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE chunk (cell INTEGER, chunk INTEGER, trials INTEGER NOT NULL, moments BLOB NOT NULL, "
    "checksum INTEGER NOT NULL, PRIMARY KEY (cell, chunk))",  # WITHOUT ROWID would spill blobs of a kilobyte to pages of 4
)
_SHOWN_DIFFERENCES, _SHOWN_LENGTH = 3, 60
_PATIENCE = 0.3  # tuning: seconds: a reader releases the store soon, a sweep does not


class SweepStore:
    """The finished chunks of one sweep.

    Parameters
    ----------
    path : path-like
        The SQLite file; made if there is none.
    settings : mapping of str to JSON values
        Everything that the chunks depend on. A store of other settings is refused.
    resume : bool, default False
        Continue a store that holds chunks. Without one there, start it.

    Raises
    ------
    InvalidInputError
        If the file is in use by another process, holds chunks and `resume` is off, belongs to other settings (the message
        shows the differences), is damaged or no store at all, or its folder cannot be written. The file is left as it was.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with SweepStore(Path(folder) / "run.sqlite", {"seed": 1}) as store:
    ...         store.put(0, 3, 100, b"moments")
    ...     with SweepStore(Path(folder) / "run.sqlite", {"seed": 1}, resume=True) as store:
    ...         print(store.chunks(0))
    {3: (100, b'moments')}
    """

    def __init__(self, path: str | os.PathLike[str], settings: Mapping[str, Any], *, resume: bool = False) -> None:
        self.path = Path(path)
        asked = {name: json.dumps(value) for name, value in settings.items()}
        if not os.path.lexists(self.path):
            _create(self.path, asked)
            resume = True  # whoever was faster in making the file holds its lock
        if not (os.access(self.path, os.W_OK) and os.access(self.path.parent, os.W_OK)):  # the journal lies in the folder
            raise InvalidInputError("store", "must be a file that can be written, in a folder that can be", self.path)
        with self._explained("open"):
            self._base = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode=rw", timeout=_PATIENCE, isolation_level=None, uri=True
            )
        try:
            with self._explained("open"):
                self._lock()
                self._check(asked, resume)
        except BaseException:
            self._base.close()
            raise

    def chunks(self, cell: int) -> dict[int, tuple[int, bytes]]:
        """Return the finished chunks of a cell: their number, trials and moments."""
        with self._explained("read"):
            rows = self._base.execute(
                "SELECT chunk, trials, moments, checksum FROM chunk WHERE cell = ?", (cell,)
            ).fetchall()
        for chunk, trials, moments, checksum in rows:
            if checksum != _checksum(cell, chunk, trials, moments):
                raise self._damaged(f"chunk {chunk} of cell {cell} fails its checksum")
        return {chunk: (trials, moments) for chunk, trials, moments, _ in rows}

    def put(self, cell: int, chunk: int, trials: int, moments: bytes) -> None:
        """Keep a finished chunk; when this returns it is on the disk."""
        row = (cell, chunk, trials, moments, _checksum(cell, chunk, trials, moments))
        with self._explained("write"):
            self._base.execute("INSERT INTO chunk VALUES (?, ?, ?, ?, ?)", row)  # a transaction of its own

    def count(self) -> int:
        """Return the number of finished chunks."""
        with self._explained("read"):
            return int(self._base.execute("SELECT count(*) FROM chunk").fetchone()[0])

    def close(self) -> None:
        """Free the lock."""
        self._base.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _lock(self) -> None:
        """Take the lock that is held until the store is closed; look at the header first, to leave other files alone."""
        found = self._base.execute("PRAGMA application_id").fetchone()[0]
        if found != _APPLICATION:
            raise InvalidInputError(
                "store", "must be a sweep's store", self.path, "It is another kind of file: choose another name."
            )
        self._base.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._base.execute("PRAGMA journal_mode = DELETE")
        self._base.execute("PRAGMA synchronous = FULL")
        self._base.execute("BEGIN EXCLUSIVE")
        self._base.execute("COMMIT")

    def _check(self, asked: Mapping[str, str], resume: bool) -> None:
        version = self._base.execute("PRAGMA user_version").fetchone()[0]
        if version != _SCHEMA:
            raise InvalidInputError(
                "store", f"must have format {_SCHEMA}", f"{self.path} of format {version}", "Choose another file."
            )
        pages, size = (self._base.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
        if self.path.stat().st_size < pages * size:
            raise self._damaged("it is shorter than it says")
        verdict = self._base.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if verdict != "ok":
            raise self._damaged(verdict)
        kept = dict(self._base.execute("SELECT name, value FROM setting"))
        different = [name for name in {**asked, **kept} if kept.get(name) != asked.get(name)]
        if different:
            shown = [
                "{} {} there, {} now".format(name, *_apart(kept.get(name), asked.get(name)))
                for name in different[:_SHOWN_DIFFERENCES]
            ]
            more = len(different) - len(shown)
            raise InvalidInputError(
                "store",
                "must be of the sweep that is asked for",
                f"{self.path} with other settings: {'; '.join(shown)}" + (f"; and {more} more" if more else ""),
                "Ask for the same sweep, or choose another file.",
            )
        chunks = self.count()
        if chunks and not resume:
            raise InvalidInputError(
                "store",
                "must be a new file unless the sweep is resumed",
                f"{self.path} with {chunks} finished chunk{'s' * (chunks != 1)}",
                "Add --resume (resume=True) to continue it, or choose another file.",
            )

    @contextlib.contextmanager
    def _explained(self, action: str) -> Iterator[None]:
        """Turn SQLite's errors into messages that say what to do."""
        try:
            yield
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", "")
            if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_FORMAT")):
                raise self._damaged(str(error)) from error
            if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                raise InvalidInputError(
                    "store",
                    "must not be in use",
                    f"{self.path}, which another process holds open",
                    "Wait for that sweep to end, or choose another file.",
                ) from error
            if action == "write":
                raise InvalidInputError(
                    "store",
                    "must have room to grow on a disk that can be written",
                    f"{self.path}: {error}",
                    "All chunks finished before are kept: mend the disk, then run the same command with --resume.",
                ) from error
            raise InvalidInputError(
                "store",
                f"must be a file that can be {'opened' if action == 'open' else 'read'} and written",
                f"{self.path}: {error}",
            ) from error

    def _damaged(self, reason: str) -> InvalidInputError:
        return InvalidInputError(
            "store",
            "must be whole",
            f"{self.path}, which is no SQLite file or a damaged one ({reason})",
            "It was left as it is: bring back a copy of it, or choose another file.",
        )


def _apart(kept: str | None, asked: str | None) -> tuple[str, str]:
    """Return two different settings to show; of long lists what only one of them has."""
    if kept is None or asked is None:
        return kept or "not set", asked or "not set"
    old, new = json.loads(kept), json.loads(asked)
    if max(len(kept), len(asked)) > _SHOWN_LENGTH and isinstance(old, list) and isinstance(new, list):
        only = [item for item in old if item not in new], [item for item in new if item not in old]
        kept, asked = (f"only {json.dumps(items)}" if items else "nothing else" for items in only)
    return kept[:_SHOWN_LENGTH], asked[:_SHOWN_LENGTH]


def _create(path: Path, settings: Mapping[str, str]) -> None:
    """Make a store without chunks under another name first, so that under its own there never is half a one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside(path) as unfinished:
            with contextlib.closing(sqlite3.connect(unfinished, isolation_level=None)) as base:
                base.execute("PRAGMA synchronous = FULL")
                base.execute(f"PRAGMA application_id = {_APPLICATION}")
                base.execute(f"PRAGMA user_version = {_SCHEMA}")
                base.execute("BEGIN")
                for table in _TABLES:
                    base.execute(table)
                base.executemany("INSERT INTO setting VALUES (?, ?)", settings.items())
                base.execute("COMMIT")
            _publish(unfinished, path)
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidInputError(
            "store", "must lie in a folder that can be written, with room on its disk", f"{path}: {reason}"
        ) from error


def _publish(unfinished: Path, path: Path) -> None:
    try:
        path.hardlink_to(unfinished)  # unlike a rename it never replaces a file that has appeared meanwhile
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        unfinished.rename(path)


def _checksum(cell: int, chunk: int, trials: int, moments: bytes) -> int:
    return zlib.crc32(moments, zlib.crc32(f"{cell},{chunk},{trials}".encode()))
