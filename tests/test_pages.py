"""The pages of the repository: their links lead somewhere, their examples run, and what they show is what is printed."""

import re
from pathlib import Path

import pytest

from linreg_compress.cli.main import main
from linreg_compress.derivations.printing import anchor
from linreg_compress.files import read_table
from tests.page_tables import bounds_markdown, comparison_markdown

ROOT = Path(__file__).parents[1]
CHAPTERS = ROOT / "linreg_compress"
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted([*ROOT.glob("*.md"), ROOT / "figures" / "README.md", *CHAPTERS.rglob("README.md")])
}
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SHELL = re.compile(r"^\$ linreg-compress (.*(?:\\\n.*)*)$", re.MULTILINE)


def read(page: str) -> str:
    return PAGES[page]


def sections(path: Path) -> set[str]:
    return {anchor(line.lstrip("# ")) for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file_and_a_section(page: str) -> None:
    for link in LINK.findall(PAGES[page]):
        if link.startswith(("http", "mailto:")):
            continue
        file, _, place = link.partition("#")
        target = (ROOT / page).parent / file if file else ROOT / page
        assert target.exists(), link
        assert not place or place in sections(target), link


@pytest.mark.parametrize("page", [page for page, text in PAGES.items() if "\n```python\nimport" in text])
def test_the_python_examples_run(page: str) -> None:
    for block in re.findall(r"^```python\n((?:import|from) .*?)```", PAGES[page], re.DOTALL | re.MULTILINE):
        exec(compile(block, page, "exec"), {})


def test_the_table_of_compressors_is_that_of_the_committed_csv() -> None:
    shown = comparison_markdown(read_table(ROOT / "figures" / "comparison.csv")).strip()
    assert shown in read("linreg_compress/compression/README.md")


def test_the_table_of_bounds_is_that_of_the_committed_csv() -> None:
    shown = bounds_markdown(read_table(ROOT / "figures" / "bounds-table.csv")).strip()
    assert shown in read("linreg_compress/bounds/README.md")


def test_no_line_of_code_scrolls_sideways() -> None:
    for page, text in PAGES.items():
        for kind, block in FENCE.findall(text):
            longest = max(block.splitlines(), key=len, default="")
            assert kind == "math" or len(longest) <= 150, (page, longest)


@pytest.mark.parametrize("page", [page for page, text in PAGES.items() if SHELL.search(text)])
def test_every_command_has_a_verb_and_options_that_there_are(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    for command in SHELL.findall(PAGES[page]):
        words = re.sub(r" #.*|\\\n", " ", command).split()
        verbs = words[:1] if words[:1] and not words[0].startswith("-") else []
        assert main([*verbs, "--help"]) == 0
        told = capsys.readouterr().out
        assert [word for word in words if word.startswith("--") and word not in told] == [], command
