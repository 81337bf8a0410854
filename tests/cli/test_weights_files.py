"""The arrays of quantized weights as they are saved."""

from pathlib import Path

import numpy as np

import linreg_compress as lc
from linreg_compress.cli.weights_files import save_weights


def test_the_arrays_say_the_same(tmp_path: Path) -> None:
    rng = np.random.default_rng(11)
    x = rng.standard_normal((90, 12)) * np.linspace(1, 50, 12) + np.arange(12)
    y = x @ (rng.standard_normal(12) / x.std(axis=0)) + rng.standard_normal(90) + 3
    found = lc.advise(x, y, bits=[3], quantizers=["kmeans"], repeats=1)
    save_weights(found, tmp_path / "w.npz")
    with np.load(tmp_path / "w.npz", allow_pickle=False) as saved:
        assert saved["assignments"].dtype == np.uint8
        quantized = saved["codebook"][saved["assignments"]]
        one = saved["offset"] + (x - saved["means"]) / saved["scales"] @ quantized
        np.testing.assert_allclose(saved["intercept"] + x @ saved["slopes"], one, rtol=1e-9)
        np.testing.assert_array_equal(saved["slopes"], found.shipped.slopes)
        columns = np.column_stack([x, np.ones(90)])
        best = columns @ np.linalg.lstsq(columns, y, rcond=None)[0]
        np.testing.assert_allclose(saved["unquantized_intercept"] + x @ saved["unquantized_slopes"], best, rtol=1e-8)
        assert (int(saved["bits_per_weight"]), str(saved["quantizer"])) == (3, "kmeans")
