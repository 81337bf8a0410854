"""``demo``: the lessons, served, as pages without Python, or on paper."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from linreg_compress.cli.options import typed, whole
from linreg_compress.cli.output import print_json
from linreg_compress.errors import LinregCompressError

if TYPE_CHECKING:
    from linreg_compress.demos.lesson import Lesson


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this verb's options."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="the lesson (without one: list them)")
    parser.add_argument("--static", metavar="FILE.html", help="write one page that opens from disk, without Python")
    parser.add_argument("--handout", metavar="FILE", help="write it for printing: FILE.pdf, or FILE.md with FILE.png")
    parser.add_argument(
        "--all", metavar="DIR", help="write the course into DIR: every page and PDF, their list, notes for teachers, slides"
    )
    text = "where to serve it (default 8765; another one if that is busy)"
    parser.add_argument("--port", metavar="P", type=typed(whole, minimum=0), help=text)
    parser.add_argument("--no-browser", action="store_true", help="print the address alone, and open no browser")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="of the list: text (default) or JSON")


def run(options: argparse.Namespace) -> int:
    """List, write or serve."""
    from linreg_compress.demos.registry import LESSONS, find_lesson

    lessons = list(LESSONS.values())
    if options.all is not None:
        for option in ("name", "static", "handout"):
            if getattr(options, option) is not None:
                one = "NAME" if option == "name" else f"--{option}"
                raise LinregCompressError(f"use either {one} or --all, not both: --all writes every lesson.")
        _refuse_port(options, "--all")
        return _write_all(lessons, Path(options.all))
    if options.name is None:
        for option, instead in (("static", "; or use --all"), ("handout", "; or use --all"), ("port", "")):
            if getattr(options, option) is not None:
                raise LinregCompressError(f"--{option} requires NAME, a lesson before it: {', '.join(LESSONS)}{instead}.")
        _list(lessons, options.format)
        return 0
    lesson = find_lesson(options.name)
    if options.static is not None or options.handout is not None:
        _refuse_port(options, "--handout" if options.static is None else "--static")
        return _write(lesson, options.static, options.handout)
    return _serve(lesson, lessons, options)


def _refuse_port(options: argparse.Namespace, beside: str) -> None:
    """Refuse a port where nothing is served."""
    if options.port is not None:
        raise LinregCompressError(f"use either --port or {beside}, not both: {beside} writes files and serves nothing.")


def _list(lessons: list[Lesson], form: str) -> None:
    if form == "json":
        keys = ("name", "title", "minutes", "question", "summary")
        print_json({"lessons": [{key: getattr(lesson, key) for key in keys} for lesson in lessons]})
        return
    wide = max(len(lesson.name) for lesson in lessons)
    for lesson in lessons:
        print(f"{lesson.name:<{wide}}   {lesson.minutes} min   {lesson.title}")
    print("\nlinreg-compress demo NAME                      serves it on this machine")
    print("linreg-compress demo NAME --static FILE.html   writes a page for any browser")
    print("linreg-compress demo NAME --handout FILE.pdf   writes it for printing")
    print("linreg-compress demo --all DIR                 writes all, with slides and notes")


def _serve(lesson: Lesson, lessons: list[Lesson], options: argparse.Namespace) -> int:
    """Serve a lesson, with the others beside it, until Ctrl-C: that is how it ends well, so the status is 0."""
    from linreg_compress.demos.serve import PORT, can_open_browser, serve

    port = PORT if options.port is None else options.port
    serve(lesson, lessons, port=port, open_browser=not options.no_browser and can_open_browser())
    return 0


def _write(lesson: Lesson, page: str | None, paper: str | None) -> int:
    from linreg_compress.demos.handout import write_handout
    from linreg_compress.demos.static_page import write_static

    if page is not None:
        print(write_static(lesson, Path(page), option="static"))
    if paper is not None:
        for path in write_handout(lesson, Path(paper), option="handout"):
            print(path)
    return 0


def _write_all(lessons: list[Lesson], folder: Path) -> int:
    from linreg_compress.demos.course_folder import write_course

    for path in write_course(lessons, folder, option="all"):
        print(path, flush=True)
    return 0
