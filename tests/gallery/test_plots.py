"""Curves on a reader's own axes: the numbers are right, and the reader's settings stay as they are."""

from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure as Canvas

import linreg_compress as lc
from linreg_compress.files import read_rows
from linreg_compress.gallery import headline
from linreg_compress.gallery.plots import plot_distortion_rate, plot_generalization_error, plot_risks
from tests.compare import assert_close, assert_refused

MODEL = lc.LinearModel(60, 20, 2.0, signal_variance=0.01)
PLOTS = (plot_risks, plot_generalization_error, plot_distortion_rate)


@pytest.mark.parametrize("plot", PLOTS)
def test_it_draws_where_it_is_told_and_changes_no_setting(plot) -> None:  # type: ignore[no-untyped-def]
    model = lc.LinearModel(60, 20, 2.0) if plot is plot_distortion_rate else MODEL
    with mpl.rc_context({"font.family": "serif", "lines.linewidth": 3.3}):
        before = dict(mpl.rcParams)
        left, right = Canvas().subplots(1, 2)
        assert plot(model, right, bits=[0.5, 1.0]) is right
        assert dict(mpl.rcParams) == before
        assert {line.get_linewidth() for line in right.get_lines()} == {3.3}
    assert not left.get_lines()
    assert right.get_xlabel() == "bits per weight"
    assert_refused(lambda: plot(model, 3), "ax must be matplotlib Axes")
    assert_refused(lambda: plot(model, left, bits=[0.0]), "bits must be positive; got 0.0")


def test_the_curves_are_the_exact_risks() -> None:
    code = lc.BlindGaussianChannel.for_model(MODEL, float(lc.rate_nats_from_bits(1.0, 20)))
    exact = lc.risks(MODEL, code)
    lines = {line.get_label(): line.get_ydata() for line in plot_risks(MODEL, Canvas().subplots(), bits=1.0).get_lines()}
    assert_close(lines["population risk"], [exact.population_risk], 1e-15)
    assert_close(lines["empirical risk"], [exact.empirical_risk], 1e-15)
    errors = plot_generalization_error(MODEL, Canvas().subplots(), bits=1.0).get_lines()
    assert_close(errors[0].get_ydata(), [exact.generalization_error], 1e-15)


def test_a_figure_can_be_drawn_in_a_reader_s_own_style() -> None:
    """Outside the house style, where sizes may be words."""
    rows = read_rows(Path(__file__).parents[2] / "figures" / "headline.csv")
    with mpl.rc_context({"xtick.labelsize": "medium"}):
        assert headline.draw(rows, "lecture").axes
