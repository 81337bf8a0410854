"""The store keeps what was committed, whatever happens, and says in one sentence what is wrong with a file."""

import contextlib
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from linreg_compress.monte_carlo.store import SweepStore
from tests.compare import assert_refused

SETTINGS = {"seed": 1, "samples": [80, 100], "package": "0.1.0"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.sqlite"


def filled(path: Path, chunks: int = 40) -> dict[int, tuple[int, bytes]]:
    kept = {chunk: (100 + chunk, os.urandom(400)) for chunk in range(chunks)}
    with SweepStore(path, SETTINGS) as store:
        for chunk, (trials, moments) in kept.items():
            store.put(2, chunk, trials, moments)
    return kept


def integrity(path: Path) -> str:
    with contextlib.closing(sqlite3.connect(path)) as base:
        return str(base.execute("PRAGMA integrity_check").fetchone()[0])


def test_chunks_come_back_as_they_were_and_cells_are_apart(path: Path) -> None:
    kept = filled(path)
    with SweepStore(path, SETTINGS, resume=True) as store:
        store.put(3, 0, 7, b"\0of another cell")
        assert store.chunks(2) == kept
        assert store.chunks(3) == {0: (7, b"\0of another cell")}
        assert store.chunks(4) == {}
        assert store.count() == len(kept) + 1
    assert integrity(path) == "ok"
    assert list(path.parent.iterdir()) == [path]  # no journal, nothing unfinished


def test_it_is_a_plain_sqlite_file_in_rollback_mode_with_its_settings_to_read(path: Path) -> None:
    filled(path)
    with contextlib.closing(sqlite3.connect(path)) as base:
        assert base.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
        assert base.execute("PRAGMA user_version").fetchone()[0] == 1
        assert dict(base.execute("SELECT * FROM setting"))["samples"] == "[80, 100]"


def test_every_commit_waits_for_the_disk(path: Path) -> None:
    with SweepStore(path, SETTINGS) as store:
        assert store._base.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL
        store.put(0, 0, 1, b"x")
        assert not store._base.in_transaction


def test_a_store_with_chunks_needs_resume(path: Path) -> None:
    filled(path, 3)
    assert_refused(lambda: SweepStore(path, SETTINGS), "with 3 finished chunks. Add --resume")
    with SweepStore(path, SETTINGS, resume=True) as store:
        assert store.count() == 3


def test_an_empty_store_and_none_at_all_need_no_resume_but_allow_it(path: Path) -> None:
    SweepStore(path, SETTINGS, resume=True).close()
    SweepStore(path, SETTINGS).close()


def test_other_settings_are_refused_with_the_difference_shown(path: Path) -> None:
    kept = filled(path)
    other = {"seed": 2, "samples": [80, 120], "package": "0.1.0"}
    assert_refused(
        lambda: SweepStore(path, other, resume=True),
        "with other settings: seed 1 there, 2 now; samples [80, 100] there, [80, 120] now. Ask for the same sweep",
    )
    many = {"a": 1, "b": 2, "c": 3, **SETTINGS, "seed": 5}
    assert_refused(
        lambda: SweepStore(path, many, resume=True),
        "a not set there, 1 now; b not set there, 2 now; c not set there, 3 now; and 1 more.",
    )
    with SweepStore(path, SETTINGS, resume=True) as store:
        assert store.chunks(2) == kept


def test_of_long_lists_only_the_difference_is_shown(path: Path) -> None:
    with SweepStore(path, {"samples": list(range(100)), "features": list(range(50))}) as store:
        store.put(0, 0, 1, b"x")
    now = {"samples": [*range(99), 1000], "features": list(range(49))}
    assert_refused(
        lambda: SweepStore(path, now, resume=True),
        "other settings: samples only [99] there, only [1000] now; features only [49] there, nothing else now. Ask",
    )


def test_a_second_process_is_refused_at_once_and_the_first_goes_on(path: Path) -> None:
    code = (
        "import sys\nfrom linreg_compress.monte_carlo.store import SweepStore\n"
        f"try:\n    SweepStore(sys.argv[1], {SETTINGS!r}, resume=True)\n"
        "except ValueError as error:\n    sys.exit(str(error))"
    )
    with SweepStore(path, SETTINGS) as store:
        store.put(0, 0, 1, b"first")
        second = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=False, timeout=60)
        assert second.returncode == 1
        assert "must not be in use; got" in second.stderr
        assert "which another process holds open" in second.stderr
        assert_refused(lambda: SweepStore(path, SETTINGS, resume=True), "must not be in use")  # nor twice in one process
        store.put(0, 1, 1, b"second")
        assert store.count() == 2
    third = subprocess.run([sys.executable, "-c", code, path], check=False, timeout=60)
    assert third.returncode == 0


def test_a_truncated_store_is_refused_and_left_as_it_is(path: Path) -> None:
    filled(path)
    whole = path.read_bytes()
    page = 4096
    cuts = [0, 1, 15, 16, 99, 100, 511, 512, page - 1, page, page + 1, 2 * page, len(whole) // 2, len(whole) - page]
    for cut in (*cuts, len(whole) - 1):
        path.write_bytes(whole[:cut])
        assert_refused(lambda: SweepStore(path, SETTINGS, resume=True), "store must be ")
        assert path.read_bytes() == whole[:cut]
    path.write_bytes(whole)
    SweepStore(path, SETTINGS, resume=True).close()


def test_one_wrong_bit_in_a_chunk_is_seen(path: Path) -> None:
    kept = filled(path)
    whole = bytearray(path.read_bytes())
    place = whole.index(kept[7][1])
    whole[place + 100] ^= 1
    path.write_bytes(bytes(whole))
    with SweepStore(path, SETTINGS, resume=True) as store:
        assert_refused(lambda: store.chunks(2), "damaged one (chunk 7 of cell 2 fails its checksum)")


@pytest.mark.parametrize("content", [b"samples,features\n80,50\n" * 40, b"\0" * 5000])
def test_a_file_that_is_no_store_is_refused_and_left_as_it_is(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert_refused(lambda: SweepStore(path, SETTINGS, resume=True), "no SQLite file or a damaged one")
    assert path.read_bytes() == content


def test_another_programs_database_is_refused_and_left_as_it_is(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as base:
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("CREATE TABLE theirs (value)")
        base.commit()
    before = path.read_bytes()
    assert_refused(lambda: SweepStore(path, SETTINGS, resume=True), "must be a sweep's store")
    assert path.read_bytes() == before


def test_a_store_of_another_format_is_refused(path: Path) -> None:
    filled(path)
    with contextlib.closing(sqlite3.connect(path)) as base:
        base.execute("PRAGMA user_version = 9")
    assert_refused(lambda: SweepStore(path, SETTINGS, resume=True), "must have format 1; got")


def test_a_folder_in_the_place_of_the_store_is_refused(tmp_path: Path) -> None:
    assert_refused(lambda: SweepStore(tmp_path, SETTINGS), "must be a file that can be opened and written")


def test_a_place_under_a_file_is_refused(path: Path) -> None:
    path.write_text("no folder")
    assert_refused(lambda: SweepStore(path / "run.sqlite", SETTINGS), "must lie in a folder that can be written")


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", folder], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("mounting a small disk needs the rights of root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_full_disk_loses_nothing_and_the_store_goes_on_once_there_is_room(mounted: Path) -> None:
    path = mounted / "run.sqlite"
    ballast = mounted / "ballast"
    ballast.write_bytes(bytes(160_000))
    done: dict[int, tuple[int, bytes]] = {}

    def fill(store: SweepStore) -> None:
        for chunk in range(1000):
            moments = os.urandom(400)
            store.put(0, chunk, 5, moments)
            done[chunk] = (5, moments)

    with SweepStore(path, SETTINGS) as store:
        assert_refused(lambda: fill(store), "room to grow", "full", "All chunks finished before are kept")
    assert 20 < len(done) < 500
    ballast.unlink()
    with SweepStore(path, SETTINGS, resume=True) as store:
        assert store.chunks(0) == done
        store.put(0, len(done), 5, b"and on")
    assert integrity(path) == "ok"


def test_a_disk_too_full_for_a_new_store_leaves_nothing_behind(mounted: Path) -> None:
    (mounted / "ballast").write_bytes(bytes(256 * 1024 - 8192))
    assert_refused(lambda: SweepStore(mounted / "run.sqlite", SETTINGS), "with room on its disk")
    assert list(mounted.iterdir()) == [mounted / "ballast"]


def test_a_read_only_disk_is_refused(mounted: Path) -> None:
    path = mounted / "run.sqlite"
    kept = filled(path)
    subprocess.run(["mount", "-o", "remount,ro", mounted], check=True)
    assert_refused(lambda: SweepStore(mounted / "new.sqlite", SETTINGS), "must lie in a folder that can be written")
    assert_refused(lambda: SweepStore(path, SETTINGS, resume=True), "must be a file that can be written, in a folder")
    subprocess.run(["mount", "-o", "remount,rw", mounted], check=True)
    with SweepStore(path, SETTINGS, resume=True) as store:
        assert store.chunks(2) == kept


def test_a_write_that_the_system_refuses_loses_nothing(path: Path) -> None:
    """The same as a full disk, for those who may not mount one: a limit on the size of a file."""
    kept = filled(path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(store: SweepStore) -> None:
        for chunk in range(200):
            store.put(0, chunk, 5, bytes(400))

    with SweepStore(path, SETTINGS, resume=True) as store:
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, limits[1]))
        try:
            assert_refused(lambda: fill(store), "room to grow")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    with SweepStore(path, SETTINGS, resume=True) as store:
        assert store.chunks(2) == kept
        store.put(2, 1000, 5, b"and on")
    assert integrity(path) == "ok"


def test_a_process_killed_while_it_writes_leaves_whole_chunks(path: Path) -> None:
    code = (
        "import sys\nfrom linreg_compress.monte_carlo.store import SweepStore\n"
        f"store = SweepStore(sys.argv[1], {SETTINGS!r})\n"
        "for chunk in range(10**6):\n    store.put(0, chunk, 5, bytes([chunk % 256]) * 400)\n    print(chunk, flush=True)"
    )
    with subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for _ in range(150):
            told = int(child.stdout.readline())
        child.kill()
        told = int([str(told), *child.stdout.read().split()][-1])
    with SweepStore(path, SETTINGS, resume=True) as store:
        found = store.chunks(0)
    assert list(found) in (list(range(told + 1)), list(range(told + 2)))  # one may be written that was not told of
    assert all(moments == bytes([chunk % 256]) * 400 for chunk, (_, moments) in found.items())
    assert integrity(path) == "ok"


def test_the_name_of_a_store_may_hold_anything(tmp_path: Path) -> None:
    path = tmp_path / "my run? #1 %20&mode=ro.sqlite"
    filled(path)
    shutil.move(path, tmp_path / "plain.sqlite")
    with SweepStore(tmp_path / "plain.sqlite", SETTINGS, resume=True) as store:
        assert store.count() == 40
