"""The verb ``derive``."""

import json
from dataclasses import replace

import pytest
import sympy as sp

from linreg_compress.cli.main import main
from linreg_compress.derivations import registry
from linreg_compress.derivations.least_squares.chi_square_moments import chi_square_moments
from linreg_compress.derivations.ledger import Derivation

DONSKER_VARADHAN = "Donsker and Varadhan 1983, theorem 2.1"


def test_json_has_the_fixed_keys(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["derive", "chi-square-moments", "--format", "json"]) == 0
    (record,) = json.loads(capsys.readouterr().out)["derivations"]
    assert set(record) >= {"name", "statement_latex", "assumptions", "steps", "verdict"}
    assert record["name"] == "chi-square-moments"
    assert record["statement_latex"] == r"\mathbb{E}[1/q] = \frac{1}{k - 2}"
    assert record["verdict"] == "proved"
    assert all(set(step) >= {"justification", "verdict"} for step in record["steps"])


@pytest.mark.parametrize(
    ("form", "part"),
    [("text", "1 derivation: 1 proved; 7 steps: 7 proved."), ("markdown", "```math"), ("latex", "\\end{document}")],
)
def test_every_format_prints(form: str, part: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["derive", "chi-square-moments", "--format", form]) == 0
    assert part in capsys.readouterr().out


def test_a_derivation_that_rests_on_a_theorem_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["derive", "donsker-varadhan-mixed", "--format", "json"]) == 0
    (record,) = json.loads(capsys.readouterr().out)["derivations"]
    assert record["verdict"] == "assumed"
    assert record["assumed"] == [DONSKER_VARADHAN]
    assert [step["verdict"] for step in record["steps"]].count("assumed") == 1
    assert {step["verdict"] for step in record["steps"]} == {"assumed", "lemma", "proved"}
    assert main(["derive", "donsker-varadhan-mixed"]) == 0
    text = capsys.readouterr().out
    assert f"[donsker-varadhan-mixed: proved, given: {DONSKER_VARADHAN}]" in " ".join(text.split())
    assert "1 derivation: 1 given a cited theorem; 11 steps: 8 proved, 2 lemma, 1 assumed; 2 checks: 2 proved." in " ".join(
        text.split()
    )


def test_a_derivation_that_quotes_another_names_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["derive", "weight-t-law", "--format", "json"]) == 0
    (record,) = json.loads(capsys.readouterr().out)["derivations"]
    assert record["verdict"] == "proved"
    quoted = [step["lemma"] for step in record["steps"] if step["verdict"] == "lemma"]
    assert quoted == ["inverse-gram-diagonal with $n \\to d + \\nu - 1$, $x \\to q$", "inverse-gram-diagonal (mean)"]


def test_an_unknown_name_lists_the_near_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["derive", "chi-squared-moment"]) == 2
    captured = capsys.readouterr()
    assert "Did you mean chi-square-moments" in captured.err
    assert captured.out == ""


def test_a_refuted_step_shows_its_residual_and_exits_with_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    right = chi_square_moments()

    def wrong() -> Derivation:
        last = right.steps[-1]
        return replace(right, steps=(*right.steps[:-1], replace(last, right=last.right + sp.Integer(1))))

    monkeypatch.setitem(registry.DERIVATIONS, "chi-square-moments", wrong)
    assert main(["derive", "chi-square-moments"]) == 1
    text = capsys.readouterr().out
    assert "[chi-square-moments: REFUTED]" in text
    assert "REFUTED, left minus right is" in text


def test_the_list_names_every_derivation(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["derive", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == [*registry.DERIVATIONS]


def test_the_graph_shows_what_a_result_rests_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["derive", "--graph", "weight-t-law"]) == 0
    assert capsys.readouterr().out.splitlines()[:4] == [
        "weight-t-law",
        "  inverse-gram-diagonal (result, mean)",
        "    projection-chi-square-law",
        "      chi-square-moments (transform)",
    ]


def test_the_graph_of_the_ledger_names_every_derivation(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["derive", "--graph"]) == 0
    text = capsys.readouterr().out
    assert all(name in text for name in registry.DERIVATIONS)
    assert "[theorem] Marchenko and Pastur 1967" in text
    assert max(map(len, text.splitlines())) <= 80


def test_the_graph_and_the_list_are_two_things(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["derive", "--graph", "--list"]) == 2
    assert "--list" in capsys.readouterr().err
