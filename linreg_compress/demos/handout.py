"""A lesson on paper: its page printed on one sheet with the answers on the back, or Markdown with its picture beside it."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from linreg_compress.demos.browser import need_browser, printed
from linreg_compress.demos.extra import need
from linreg_compress.demos.lesson import Exercise, Lesson, Number
from linreg_compress.demos.page import lesson_page
from linreg_compress.demos.page_data import default_place, page_data
from linreg_compress.demos.panel import picture_png
from linreg_compress.demos.symbols import meanings
from linreg_compress.demos.table import HEADS, simulated_text, theory_text, verdict_text
from linreg_compress.derivations.markdown import fence
from linreg_compress.errors import InvalidInputError
from linreg_compress.files import writable, write_whole
from linreg_compress.monte_carlo.estimate import Estimate


@dataclass(frozen=True)
class Block:
    """One part of a handout in Markdown: words, a formula in LaTeX, the picture, or the rows of the table."""

    kind: Literal["title", "heading", "text", "choice", "formula", "picture", "table", "break"]
    """What it is."""
    text: str = ""
    """Its words."""
    rows: tuple[tuple[str, ...], ...] = ()
    """Of the table."""


def write_handout(lesson: Lesson, path: Path, *, trials: int | None = None, option: str = "path") -> list[Path]:
    """Write a lesson for printing, whole or not at all, and return the files that were written.

    Parameters
    ----------
    path
        Its name ends in .pdf, or in .md: then the picture is written beside it as .png. Checked before anything is
        computed.
    trials
        Of the simulation; the lesson's own number by default.
    option
        What errors call the path.

    Raises
    ------
    InvalidInputError
        If a file cannot be written, or the name ends otherwise.
    LinregCompressError
        If a PDF is wanted and this machine has no browser that prints; the message says what to do.
    """
    target = Path(path)
    kind = target.suffix.lower()
    if kind not in (".md", ".pdf"):
        raise InvalidInputError(option, "must end in .md or .pdf", target)
    picture = target.with_suffix(".png")
    for each in (target, picture) if kind == ".md" else (target,):
        writable(each, option)
    if kind == ".pdf":
        need("latex2mathml.converter", "a PDF")
        browser = need_browser()
        write_whole({target: _pdf(lesson, lesson.trials if trials is None else trials, browser)}, option)
        return [target]
    found = lesson.simulate(lesson.defaults, 0, lesson.trials if trials is None else trials)
    text = handout_markdown(handout_blocks(lesson, found), picture.name)
    write_whole({picture: _png(lesson, found), target: text.encode()}, option)
    return [target, picture]


def handout_blocks(lesson: Lesson, found: Mapping[str, Estimate]) -> list[Block]:
    """Return the parts of a lesson at its default settings, in their order."""
    settings = lesson.defaults
    at = "; ".join(f"{slider.label}: {slider.text(slider.default)}" for slider in lesson.sliders)
    picture = lesson.curves(settings)
    trials = next(iter(found.values())).trials
    blocks = [Block("title", lesson.title), Block("text", f"{lesson.about}.")]
    blocks += [Block("heading", "Question"), *(Block("text", each) for each in lesson.question)]
    prediction = lesson.prediction
    blocks += [Block("heading", "Prediction"), Block("text", f"{prediction.question} (mark one before you read on)")]
    blocks += [Block("choice", choice) for choice in prediction.choices]
    blocks += [Block("heading", "Picture"), Block("text", f"At {at}."), Block("picture", picture.description)]
    blocks += [Block("text", picture.description), Block("heading", "Why")]
    for formula in lesson.formulas:
        proof = f"Proof: linreg-compress derive {formula.derivation}"
        known, _ = meanings(formula)
        where = "; ".join(f"$`{symbol}`$ {meaning}" for symbol, meaning in known)
        blocks += [Block("text", formula.words), Block("formula", formula.latex), Block("text", f"{where}. {proof}")]
    blocks += [Block("heading", "Simulation"), Block("text", f"{lesson.how_simulated} Here: {trials} trials.")]
    blocks.append(Block("heading", "Theory against simulation"))
    blocks.append(Block("table", rows=tuple(_row(number, found) for number in lesson.numbers(settings))))
    blocks.append(Block("text", "Simulated mean ± its standard error (s.e.)."))
    blocks += [Block("heading", "Takeaway"), *(Block("text", each) for each in lesson.takeaway)]
    blocks.append(Block("heading", "Exercises"))
    for number, exercise in enumerate(lesson.exercises, start=1):
        unit = f" ({exercise.unit})" if exercise.unit else ""
        blocks.append(Block("text", f"{number}. {exercise.question}{unit}"))
        blocks += [Block("choice", choice) for choice in exercise.choices]
    blocks += [Block("break"), Block("heading", "Answers")]
    blocks.append(Block("text", f"Prediction: {prediction.choices[prediction.right()]}. {prediction.turns_out()}"))
    return blocks + [Block("text", _answer(number, each)) for number, each in enumerate(lesson.exercises, start=1)]


def _row(number: Number, found: Mapping[str, Estimate]) -> tuple[str, ...]:
    label = f"{number.label} ({number.unit})" if number.unit else number.label
    estimate = found.get(number.name)
    if estimate is None:
        return label, theory_text(number), "not simulated", ""
    return label, theory_text(number), simulated_text(estimate), verdict_text(number, estimate)


def _answer(number: int, exercise: Exercise) -> str:
    return f"Exercise {number}: {exercise.confirmation()}"


def handout_markdown(blocks: list[Block], picture: str) -> str:
    """Return the handout as Markdown; `picture` is the file beside it."""
    lines: list[str] = []
    for place, block in enumerate(blocks):
        last_of_list = block.kind == "choice" and (place + 1 == len(blocks) or blocks[place + 1].kind != "choice")
        lines += _markdown(block, picture) + ([""] if block.kind != "choice" or last_of_list else [])
    return "\n".join(lines)


def _markdown(block: Block, picture: str) -> list[str]:
    if block.kind == "formula":
        return [fence(block.text)]
    if block.kind == "picture":
        return [f"![{block.text}]({picture})"]
    if block.kind == "table":
        rows = [HEADS, *block.rows]
        lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
        return [lines[0], "|---" * len(HEADS) + "|", *lines[1:]]
    signs = {"title": "# ", "heading": "## ", "choice": "- [ ] ", "break": "---"}
    return [signs.get(block.kind, "") + block.text]


def _png(lesson: Lesson, found: Mapping[str, Estimate]) -> bytes:
    return picture_png(lesson.curves(lesson.defaults), {name: [(value, found)] for name, value in lesson.defaults.items()})


def _pdf(lesson: Lesson, trials: int, browser: str) -> bytes:
    """Print the page of a lesson, which holds no position but the default one."""
    data = page_data(lesson, trials=trials, only={default_place(lesson)})
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / f"{lesson.name}.html"
        page.write_text(lesson_page(lesson, data, trials=trials), encoding="utf-8")
        return printed(page, browser)
