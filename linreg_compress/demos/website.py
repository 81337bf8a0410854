"""What the server of the lessons answers, by path: pages at once, and what must be computed when a page asks for it."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from itertools import count
from math import prod
from typing import Any
from urllib.parse import parse_qs, urlsplit

from linreg_compress.demos import page_data
from linreg_compress.demos.course import index_page, teacher_page
from linreg_compress.demos.document import policy
from linreg_compress.demos.lesson import Lesson
from linreg_compress.demos.page import SCRIPTS, Course, lesson_page
from linreg_compress.demos.slides import SCRIPTS as SLIDES
from linreg_compress.demos.slides import slides_page

_GIVE_WAY = 0.002  # tuning: seconds between two positions that are computed ahead, in which a request goes first


@dataclass(frozen=True)
class Answer:
    """One answer to a browser."""

    status: int
    """As in HTTP."""
    content: bytes = b""
    """In UTF-8."""
    kind: str = "text/html; charset=utf-8"
    """Its media type."""
    policy: str = "default-src 'none'"
    """What the browser may do for it."""
    location: str = ""
    """Where to go instead."""


class Website:
    """The lessons at ``/NAME/``, ``/`` their list; every value is computed once."""

    def __init__(self, lessons: list[Lesson]) -> None:
        self.lessons = {lesson.name: lesson for lesson in lessons}
        self._made: dict[tuple[object, ...], Any] = {}
        self._locks: dict[tuple[object, ...], threading.Lock] = {}
        self._guard = threading.Lock()
        self._begun: set[str] = set()
        self._seeds = count(1)

    def course(self, up: str) -> Course:
        """Return the course as a page sees it from which the root is `up`."""
        addresses = {name: f"{up}{name}/" for name in self.lessons}
        pages = {"index": up or "./", "teacher": f"{up}teacher/", "slides": f"{up}slides/"}
        return Course(tuple(self.lessons.values()), addresses | pages)

    def answer(self, target: str) -> Answer:
        """Return the answer to a GET request for a path with its query."""
        parts = urlsplit(target)
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        first, *rest = parts.path.removeprefix("/").split("/")
        if not first:
            return _page(index_page(self.course("")))
        if first not in self.lessons and first not in ("teacher", "slides"):
            return _nothing()
        if not rest:
            return Answer(307, location=f"/{first}/")
        if first == "teacher" and rest == [""]:
            return _page(teacher_page(self.course("../")))
        if first == "slides" and rest == [""]:
            return _page(self._once(("slides",), self._slides), SLIDES)
        lesson = self.lessons.get(first)
        return self._of_lesson(lesson, rest, query) if lesson else _nothing()

    def warm(self, name: str) -> None:
        """Compute ahead what will be asked for: all of one lesson, of the others the opening."""
        self._ahead(self.lessons[name])
        for lesson in self.lessons.values():
            self._first(lesson)

    def _first(self, lesson: Lesson) -> dict[str, Any]:
        """Return what a page shows after the guess."""
        start = page_data.default_place(lesson)
        return self._opening(lesson) | {"positions": {start: self._position(lesson, start)}}

    def _ahead(self, lesson: Lesson) -> None:
        """Compute the opening, then every position, those that one slider reaches first."""
        with self._guard:
            if lesson.name in self._begun:
                return
            self._begun.add(lesson.name)
        self._first(lesson)
        everywhere = list(lesson.positions())

        def moved(place: int) -> int:
            return sum(everywhere[place][slider.name] != slider.default for slider in lesson.sliders)

        for place in sorted(range(len(everywhere)), key=moved):
            self._position(lesson, place)
            time.sleep(_GIVE_WAY)

    def _of_lesson(self, lesson: Lesson, rest: list[str], query: dict[str, str]) -> Answer:
        if rest == [""]:
            return _page(self._once((lesson.name,), lambda: self._lesson_page(lesson)), SCRIPTS, asks=True)
        if rest == ["opening"]:
            first = self._first(lesson)
            threading.Thread(target=self._ahead, args=(lesson,), daemon=True).start()
            return _json(first)
        if rest == ["proof"]:
            return self._proof(lesson, query.get("name", ""))
        place = _place(lesson, query.get("place", ""))
        if place is None:
            return _nothing()
        if rest == ["at"]:
            return _json(self._position(lesson, place))
        if rest == ["simulate"]:  # each time with new random numbers
            settings = list(lesson.positions())[place]
            return _json(page_data.simulation(lesson, settings, next(self._seeds), lesson.trials))
        return _nothing()

    def _lesson_page(self, lesson: Lesson) -> str:
        data = page_data.frame(lesson)
        return lesson_page(lesson, data, trials=lesson.trials, course=self.course("../"), served=True)

    def _slides(self) -> str:
        held = {name: self._position(each, page_data.default_place(each)) for name, each in self.lessons.items()}
        return slides_page(self.course("../"), held)

    def _opening(self, lesson: Lesson) -> dict[str, Any]:
        return dict(self._once((lesson.name, "opening"), lambda: page_data.opening(lesson)))

    def _position(self, lesson: Lesson, place: int) -> dict[str, Any]:
        def made() -> dict[str, Any]:
            return page_data.position(lesson, list(lesson.positions())[place])

        return dict(self._once((lesson.name, place), made))

    def _proof(self, lesson: Lesson, name: str) -> Answer:
        if name not in {formula.derivation for formula in lesson.formulas}:
            return _nothing()
        from linreg_compress.demos.proofs import proof_steps
        from linreg_compress.derivations.registry import find_derivations

        (derivation,) = find_derivations([name])
        title = f"<p><strong>{escape(derivation.title)}.</strong></p>"
        return Answer(200, title.encode() + self._once(("proof", name), lambda: proof_steps(derivation).encode()))

    def _once(self, key: tuple[object, ...], make: Callable[[], Any]) -> Any:
        """Return what is made once, also when several ask at the same time."""
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._made:
                self._made[key] = make()
            return self._made[key]


def _place(lesson: Lesson, text: str) -> int | None:
    """Return a place among the positions of a lesson, None if there is none."""
    positions = prod(len(slider.values) for slider in lesson.sliders)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 and int(text) < positions else None


def _page(text: str, scripts: tuple[str, ...] = (), *, asks: bool = False) -> Answer:
    return Answer(200, text.encode(), policy=policy(scripts, asks=asks))


def _json(value: object) -> Answer:
    return Answer(200, json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(), "application/json")


def _nothing() -> Answer:
    return Answer(404, b"<p>There is no such page. <a href='/'>All lessons</a></p>")
