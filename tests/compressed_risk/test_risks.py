"""The one door: it leads to the formula of the channel at hand, finds a new one, and refuses the rest."""

import subprocess
import sys
from dataclasses import dataclass
from importlib import import_module

import numpy as np
import pytest

from linreg_compress import compressed_risk
from linreg_compress._validation import FloatArray
from linreg_compress.compressed_risk.formulas import exact_risks
from linreg_compress.compressed_risk.gaussian_channel import aware_channel_risks, blind_channel_risks
from linreg_compress.compressed_risk.linear_channel import linear_channel_risks
from linreg_compress.compressed_risk.per_weight_channel import per_weight_channel_risks
from linreg_compress.compressed_risk.record import VALUES, CompressedRisks
from linreg_compress.compressed_risk.risks import _FILES, risks
from linreg_compress.compressed_risk.scalar_quantizer import QuantizedRisks, scalar_quantizer_risks
from linreg_compress.compressed_risk.water_filling import expected_water_filled_risks
from linreg_compress.compression.clustering.kmeans import KMeansQuantizer
from linreg_compress.compression.dithered import DitheredUniform
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.compression.identity import Identity
from linreg_compress.compression.linear_channel import LinearChannel
from linreg_compress.compression.per_weight_channel import PerWeightGaussianChannel
from linreg_compress.compression.pruning import MagnitudePruning
from linreg_compress.compression.ridge_shrinkage import RidgeShrinkage
from linreg_compress.compression.scalar.entropy_constrained import entropy_constrained
from linreg_compress.compression.scalar.sign import sign_quantizer
from linreg_compress.compression.scalar.sources import source_for
from linreg_compress.compression.scalar.uniform import UniformQuantizer
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.least_squares.ridge import expected_ridge_excess_risk
from linreg_compress.least_squares.risk import Risks, expected_risks
from linreg_compress.model import LinearModel
from tests.compare import assert_close, assert_refused
from tests.tolerances import EXACT, FLOAT

SIZE = (20, 6, 0.7)
MODEL = LinearModel(*SIZE, signal_variance=0.3, weights=np.arange(6.0))
ORACLE = LinearModel(*SIZE)
CODES = (sign_quantizer(source_for(ORACLE)), entropy_constrained(source_for(ORACLE), 1.5), UniformQuantizer(0.4))


def assert_same(found: CompressedRisks, expected: CompressedRisks) -> None:
    for name in VALUES:
        assert_close(getattr(found, name), getattr(expected, name), FLOAT)


@pytest.mark.parametrize("model", [MODEL, ORACLE, LinearModel(6, 6), LinearModel(4, 9, weights=np.ones(9))])
def test_without_a_channel_it_gives_the_risks_of_least_squares(model: LinearModel) -> None:
    found, base = risks(model), expected_risks(model)
    for name in Risks.__dataclass_fields__:
        assert_close(getattr(found, name), getattr(base, name), EXACT)
    assert found.distortion == found.population_risk_change == 0.0
    assert not found.errors


def test_it_gives_what_each_formula_gives() -> None:
    blind = BlindGaussianChannel.for_model(MODEL, 2.0)
    assert_same(risks(MODEL, blind), blind_channel_risks(*SIZE, 2.0, signal_variance=0.3))
    assert_same(risks(ORACLE, AwareGaussianChannel.for_model(ORACLE, 2.0)), aware_channel_risks(*SIZE, 2.0))
    one = PerWeightGaussianChannel.for_model(MODEL, 2.0, np.zeros(6))
    assert_same(risks(MODEL, one), per_weight_channel_risks(MODEL, one))
    assert_same(
        risks(MODEL, LinearChannel(0.4, 0.2, np.arange(6.0))), linear_channel_risks(*SIZE, 0.4, 0.2, signal_variance=0.3)
    )
    assert_same(risks(MODEL, LinearChannel(0.4, 0.2)), linear_channel_risks(*SIZE, 0.4, 0.2, 0.3 + 55 / 6))
    for code in CODES:
        found = risks(ORACLE, code)
        assert isinstance(found, QuantizedRisks)
        assert_same(found, scalar_quantizer_risks(ORACLE, code))
    for channel in (Identity(), blind, one, CODES[0]):
        assert not risks(MODEL, channel).errors
        assert risks(MODEL, channel).spectra == 0


def test_an_average_over_designs_keeps_its_standard_errors() -> None:
    found = risks(MODEL, AwareGaussianChannel.for_model(MODEL, 2.0), spectra=64)
    average = expected_water_filled_risks(*SIZE, 0.3, 2.0, spectra=64)
    assert_same(found, average)
    assert found.errors == average.errors
    assert set(found.errors) == set(VALUES)
    assert found.spectra == average.spectra == 64
    assert 0 < risks(MODEL, AwareGaussianChannel.for_model(MODEL, 2.0)).errors["excess_risk"] < found.errors["excess_risk"]


def test_older_names_answer_with_a_warning_that_says_the_new_one() -> None:
    channel = AwareGaussianChannel.for_model(MODEL, 2.0)
    with pytest.warns(DeprecationWarning, match="expected_compressed_risks is now risks"):
        found = compressed_risk.expected_compressed_risks(MODEL, channel)
    assert_same(found, risks(MODEL, channel))
    with pytest.warns(DeprecationWarning, match="standard_errors is now errors"):
        assert found.standard_errors == found.errors
    with pytest.warns(DeprecationWarning, match="risks is now the record itself"):
        assert found.risks is found


def test_ridge_has_a_whole_record() -> None:
    centred = LinearModel(*SIZE, signal_variance=0.3)
    found = risks(centred, RidgeShrinkage(2.0), spectra=64)
    excess, error = expected_ridge_excess_risk(*SIZE, 0.3, 2.0, spectra=64)
    assert_close([float(found.excess_risk), found.errors["excess_risk"]], [excess, error], 1e-11)
    fixed = risks(LinearModel(*SIZE, weights=np.sqrt(0.3) * np.ones(6)), RidgeShrinkage(2.0), spectra=64)
    assert_same(fixed, found)


def test_the_dithered_change_of_one_bit() -> None:
    model = LinearModel(80, 50, signal_variance=0.02)
    found = risks(model, DitheredUniform.for_model(model, bits_per_weight=1.0))
    assert abs(found.population_risk_change + 0.257366) < 5e-7  # 200 000 trials: -0.25719 +- 0.00054


@dataclass(frozen=True)
class Toy:
    """A channel of a reader's own: drop everything."""

    name: str = "toy"
    needs_gram: bool = False

    def compress(self, weights: FloatArray, *, rng: np.random.Generator, gram: FloatArray | None = None) -> FloatArray:
        del rng, gram
        return 0 * weights


class SmallerToy(Toy):
    """Inherits the formula."""


def test_a_new_channel_brings_its_own_formula() -> None:
    @dataclass(frozen=True)
    class New(Toy):
        """Known as soon as its formula is registered."""

    class Newer(New):
        """Inherits the formula."""

    assert_refused(lambda: risks(MODEL, New()), "no exact risk is known for toy; simulate it", error=UnsupportedModelError)

    @exact_risks.register
    def dropped(channel: New, model: LinearModel, spectra: int) -> CompressedRisks:
        assert spectra == 4096
        return risks(model, LinearChannel(0.0))

    for channel in (New(), Newer()):
        assert_same(risks(MODEL, channel), risks(MODEL, LinearChannel(0.0)))
    assert_refused(lambda: risks(MODEL, Toy()), "simulate it", error=UnsupportedModelError)


def test_a_channel_made_from_one_of_the_package_has_its_formula() -> None:
    class Louder(LinearChannel):
        """Another law of the noise."""

    assert_same(risks(MODEL, Louder(0.5, 0.1)), risks(MODEL, LinearChannel(0.5, 0.1)))


@pytest.mark.parametrize("channel", [Toy(), SmallerToy(), KMeansQuantizer(4), MagnitudePruning(2)])
def test_a_channel_without_a_formula_is_refused(channel: Toy) -> None:
    wanted = f"no exact risk is known for {channel.name}; simulate it."
    assert_refused(lambda: risks(MODEL, channel), wanted, error=UnsupportedModelError)


def test_what_is_no_channel_is_refused() -> None:
    assert_refused(lambda: risks(MODEL, 1.0), "channel must be a Channel")  # type: ignore[arg-type]
    assert_refused(lambda: risks(80), "model must be a LinearModel")  # type: ignore[arg-type]


WITHOUT_A_THEOREM = [
    (LinearModel(5, 6), RidgeShrinkage(1.0), "samples >= features and the identity covariance; got 5 samples"),
    (LinearModel(20, 3, covariance=[1.0, 2.0, 3.0]), RidgeShrinkage(1.0), "the identity covariance"),
    (LinearModel(7, 6), LinearChannel(0.5), "a linear channel needs weights of finite variance, samples >= features + 2"),
    (LinearModel(20, 6), LinearChannel(0.5, center=np.zeros(5)), "built for 5 weights, the model has 6"),
    (LinearModel(20, 6), DitheredUniform(0.5, np.zeros(5), source_for(ORACLE)), "built for 5 weights, the model has 6"),
]


@pytest.mark.parametrize(("model", "channel", "message"), WITHOUT_A_THEOREM)
def test_a_model_without_a_theorem_is_refused(model: LinearModel, channel: RidgeShrinkage, message: str) -> None:
    assert_refused(lambda: risks(model, channel), message, error=UnsupportedModelError)


@pytest.mark.parametrize("name", _FILES)
def test_the_file_of_each_channel_registers_its_formula(name: str) -> None:
    import_module(f"linreg_compress.compressed_risk.{_FILES[name]}")
    assert name in {kind.__name__ for kind in exact_risks.registry}


def test_no_formula_of_the_package_is_out_of_the_doors_reach() -> None:
    for name in _FILES.values():
        import_module(f"linreg_compress.compressed_risk.{name}")
    ours = {kind.__name__ for kind in exact_risks.registry if kind.__module__.startswith("linreg_compress.")}
    assert ours == {*_FILES}


def test_a_formula_is_loaded_when_it_is_asked_for() -> None:
    code = (
        "import sys\nfrom linreg_compress.compressed_risk.risks import risks\n"
        "from linreg_compress.compression.gaussian_channel import BlindGaussianChannel\n"
        "from linreg_compress.model import LinearModel\nmodel = LinearModel(80, 50)\n"
        "risks(model), risks(model, BlindGaussianChannel.for_model(model, 2.0))\n"
        "assert not {'scipy', 'linreg_compress.compressed_risk.scalar_quantizer'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
