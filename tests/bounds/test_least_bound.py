"""No bound is the least for every codebook: Donsker-Varadhan may lie above its centred form and chi-square."""

import numpy as np
import pytest

from linreg_compress.bounds.chi_square import chi_square_bound
from linreg_compress.bounds.donsker_varadhan import centred_donsker_varadhan_bound, donsker_varadhan_bound
from linreg_compress.compressed_risk.scalar_quantizer import scalar_quantizer_entropy, scalar_quantizer_risks
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.model import LinearModel

# samples, features, levels, thresholds; information, donsker-varadhan, chi-square, centred, truth
CODEBOOKS = [
    (
        (353, 2, [-1.31074838, 0.68926501, 2.79818531], [-0.16681856, -0.0035313]),
        (1.397178838, 7.6301, 2.0092, 1.5306, 0.18270),
    ),
    ((327, 1, [-3.01602414, -0.35697588], [-0.0551779]), (0.438938778, 1.4941, 0.7219, 0.3714, 0.07784)),
]


@pytest.mark.parametrize(("codebook", "values"), CODEBOOKS)
def test_donsker_varadhan_may_be_the_largest(
    codebook: tuple[int, int, list[float], list[float]], values: tuple[float, ...]
) -> None:
    n, d, levels, thresholds = codebook
    model = LinearModel(n, d)
    quantizer = CellQuantizer(np.array(levels), np.array(thresholds), "given")
    information = scalar_quantizer_entropy(model, quantizer)
    largest = 1 + d * max(level**2 for level in levels)
    truth = float(scalar_quantizer_risks(model, quantizer).generalization_error)
    plain = donsker_varadhan_bound(model, quantizer, information).value
    chi_square = chi_square_bound(n, information, largest).value
    centred = centred_donsker_varadhan_bound(model, quantizer, information).value
    found = (information, plain, chi_square, centred, truth)
    for value, printed in zip(found, values, strict=True):
        assert value == pytest.approx(printed, rel=0, abs=5.1e-5)  # as printed, four decimals
    assert truth < centred < chi_square < plain
