"""The pages of the repository: their links lead somewhere, their examples run, and what they show is what is printed."""

import ast
import re
from math import ceil
from pathlib import Path
from typing import Any

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


VALUE = re.compile(r"#\s+(?:about )?(-?\d+(?:\.\d+)?(?!\S*\w)|\(.*?\))")


def told_values(block: str) -> dict[str, str]:
    """Return the expressions whose comment begins with a value, and that value."""
    told = {}
    for node in ast.parse(block).body:
        if not isinstance(node, ast.Expr) or node.end_lineno is None:
            continue
        comment = VALUE.match(block.splitlines()[node.end_lineno - 1].encode()[node.end_col_offset :].decode().strip())
        value = node.value
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print":
            value = value.args[0]
        if comment:
            told[ast.unparse(value)] = comment[1]
    return told


def test_which_comments_tell_a_value() -> None:
    assert told_values('f(x)  # 0: never\nprint(a.b)  # about 1.318\nc, d  # ("x", 1)\n') == {
        "f(x)": "0",
        "a.b": "1.318",
        "(c, d)": '("x", 1)',
    }
    assert told_values("y = 1  # 2\nf(x)  # 2-bit codes\ng(x)  # the best\nh(x)  # 10th\n") == {}


@pytest.mark.parametrize("page", [page for page, text in PAGES.items() if "\n```python\nimport" in text])
def test_the_python_examples_run_and_give_the_values_beside_them(page: str) -> None:
    for block in re.findall(r"^```python\n((?:import|from) .*?)```", PAGES[page], re.DOTALL | re.MULTILINE):
        known: dict[str, Any] = {}
        exec(compile(block, page, "exec"), known)
        for expression, text in told_values(block).items():
            found, value = eval(expression, known), ast.literal_eval(text)
            if isinstance(value, float):  # to the digits that are shown
                assert abs(found - value) <= 0.51 * 10 ** -len(text.partition(".")[2]), (expression, found)
            else:
                assert found == value, (expression, found)


def test_the_table_of_compressors_is_that_of_the_committed_csv() -> None:
    rows = read_table(ROOT / "figures" / "comparison.csv")
    page = read("linreg_compress/compression/README.md")
    assert comparison_markdown(rows).strip() in page
    two_bits = [row for row in rows if float(row["bits"]) == 2.0]
    gaps, risks = (
        max(float(row[f"{name}_se"]) for row in two_bits for name in names)
        for names in (("gap_to_rate_distortion_bits", "gap_to_aware_limit_bits"), ("population_risk_change",))
    )
    assert f"at most {ceil(100 * gaps) / 100:.2f} bits in the gaps and {ceil(100 * risks) / 100:.2f} in" in page


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


def test_readme_is_read_in_two_minutes() -> None:
    assert len(read("README.md").split()) <= 900
    assert len(read("README.md").splitlines()) <= 150


def test_readme_says_the_words_that_its_picture_shows() -> None:
    text = " ".join(read("README.md").split())
    for word in (
        "population risk",
        "empirical risk",
        "generalization error",
        "bits per weight",
        "weak signal",
        "strong signal",
    ):
        assert word in text.lower(), word
    assert "like ridge" in text
    assert "oracle" in text


def test_the_shown_command_prints_what_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    shown = re.search(r"\$ linreg-compress (risk .*?)\n(.*?)```", read("README.md"), re.DOTALL)
    assert shown
    assert main(shown[1].split()) == 0
    assert capsys.readouterr().out == shown[2]


def test_the_shown_advice_is_what_is_printed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = read("linreg_compress/advice/README.md")
    shown = re.search(r'\$ python -c "(.*?)"\n\$ linreg-compress (advise .*?)\n(.*?)```', page, re.DOTALL)
    assert shown
    monkeypatch.chdir(tmp_path)
    exec(compile(shown[1], "README.md", "exec"), {})
    assert main(shown[2].split()) == 0
    printed = capsys.readouterr().out
    number = re.compile(r"[+-]?\d+\.?\d*")
    assert re.sub(r" +", " ", number.sub("0", printed)) == re.sub(r" +", " ", number.sub("0", shown[3]))
    for found, expected in zip(number.findall(printed), number.findall(shown[3]), strict=True):
        # simulated with a fixed seed: another machine's linear algebra may turn a last digit, and with it a sign of zero
        assert abs(float(found) - float(expected)) <= 0.03 + 0.1 * abs(float(expected))
