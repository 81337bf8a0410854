"""Write the sources of the site, let Sphinx build it, and follow every link in what came out."""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from links import faults
from sources import write_sources
from sphinx.cmd.build import build_main

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/site", description="Build the documentation as pages.", allow_abbrev=False
    )
    parser.add_argument(
        "--out", metavar="DIR", type=Path, default=ROOT / "site", help="folder of the pages (default site/)"
    )
    out = parser.parse_args().out.absolute()
    if out.exists() and any(out.iterdir()) and not (out / "objects.inv").exists():
        print(f"scripts/site: {out} holds something else than a site; name a new or empty folder.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        sources, built = Path(scratch, "sources"), Path(scratch, "site")
        write_sources(ROOT, sources)
        arguments = ["-q", "-W", "--keep-going", "-j", str(min(os.cpu_count() or 1, 4)), "-c", str(HERE)]
        arguments += ["-d", str(Path(scratch, "trees")), "-D", f"html_extra_path={scratch}/extra", str(sources), str(built)]
        if build_main(arguments) != 0:
            return 1
        found = faults(built)
        for fault in found:
            print(f"scripts/site: {fault}", file=sys.stderr)
        if found:
            return 1
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(built, out)
    pages = sum(1 for _ in out.rglob("*.html"))
    print(f"{pages} pages, every link followed: open {out / 'index.html'}")
    return 0


sys.exit(main())
