"""The figure of networks: its averages by hand, its quick run, and what happens without scikit-learn."""

import sys
from pathlib import Path
from typing import Any

import pytest

from linreg_compress.errors import LinregCompressError
from linreg_compress.gallery import FIGURES
from linreg_compress.gallery.many import check_figures, figure_jobs, write_figures
from linreg_compress.gallery.network_seeds import averaged
from linreg_compress.gallery.page import write_page


def cell(method: str, test: float, **more: Any) -> dict[str, Any]:
    losses = {"train_loss": test / 10, "test_loss": test, "error_rate": 0.1}
    return {"panel": "levels", "method": method, "samples": 100, "epochs": 400} | losses | more


def seed(before: float, code: float, weighted: float, cool: float) -> list[dict[str, Any]]:
    return [
        cell("uncompressed", before),
        cell("temperature", before, temperature=1.0),
        cell("temperature", cool, temperature=2.0),
        cell("early-stopping", before - 0.1, epochs=20),
        cell("early-stopping", before, epochs=400),
        cell("kmeans", code, levels=6),
        cell("hessian-kmeans", weighted, levels=6),
    ]


def test_changes_are_paired_and_the_best_yardsticks_are_kept() -> None:
    rows = averaged([seed(0.5, 0.4, 0.6, 0.3), seed(0.9, 0.6, 0.8, 0.3)])
    assert [row["method"] for row in rows] == ["uncompressed", "temperature", "early-stopping", "kmeans", "hessian-kmeans"]
    assert (rows[1]["temperature"], rows[2]["epochs"]) == (2.0, 20)
    expected = {"test_loss": 0.5, "test_loss_change": -0.2, "test_loss_over_hessian_kmeans": -0.2, "seeds": 2}
    expected |= {"test_loss_se": 0.1, "test_loss_change_se": 0.1, "test_loss_over_hessian_kmeans_se": 0.0}
    expected |= {"test_loss_over_temperature": 0.2, "test_loss_over_early_stopping": -0.1, "error_rate_change": 0.0}
    assert {name: rows[3][name] for name in expected} == pytest.approx(expected, abs=1e-15)
    assert rows[2]["test_loss_change"] == pytest.approx(-0.1, abs=1e-15)
    assert rows[0]["test_loss_change"] == 0.0


def test_without_scikit_learn_the_others_are_drawn_and_a_line_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    line = "the figure network needs scikit-learn: pip install scikit-learn"
    for act in (write_figures, check_figures):
        with pytest.raises(LinregCompressError) as refusal:
            list(act([FIGURES["network"]], tmp_path))
        assert str(refusal.value) == line
    assert list(figure_jobs([FIGURES["network"], FIGURES["phase"]], tmp_path)) == ["phase"]
    assert f"{line} (left out)" in capsys.readouterr().err
    assert "## network" not in write_page(tmp_path).read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_quick_run_supports_every_clause() -> None:
    figure = FIGURES["network"]
    assert all(figure.verdicts(figure.compute(True, 0)).values())
