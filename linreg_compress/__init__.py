"""Exact laboratory for one fact: compressing a trained model can lower its error on new data.

The public names are listed below and loaded when first used, so that importing the package costs next to nothing.

Examples
--------
>>> import linreg_compress as lc
>>> model = lc.LinearModel(samples=80, features=50, noise_variance=1.0, signal_variance=0.02)
>>> channel = lc.BlindGaussianChannel.for_model(model, rate_nats=lc.rate_nats_from_bits(1.0, 50))
>>> risks = lc.expected_compressed_risks(model, channel)
>>> round(float(risks.population_risk_change), 4)
-0.181
>>> found = lc.simulate(model, [channel], trials=1000).compressed[0].population_risk_change
>>> abs(found.mean - risks.population_risk_change) < 5 * found.standard_error
np.True_
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from linreg_compress._version import __version__ as __version__

if TYPE_CHECKING:
    from linreg_compress.advice.record import Advice as Advice
    from linreg_compress.advise import advise as advise
    from linreg_compress.agreement import check_agreement as check_agreement
    from linreg_compress.agreement_settings import default_settings as default_settings
    from linreg_compress.agreement_settings import settings_for as settings_for
    from linreg_compress.bounds.bound import Bound as Bound
    from linreg_compress.bounds.chi_square import chi_square_bound as chi_square_bound
    from linreg_compress.bounds.donsker_varadhan import centred_donsker_varadhan_bound as centred_donsker_varadhan_bound
    from linreg_compress.bounds.donsker_varadhan import donsker_varadhan_bound as donsker_varadhan_bound
    from linreg_compress.bounds.donsker_varadhan import random_design_bound as random_design_bound
    from linreg_compress.bounds.gibbs import gibbs_generalization_error as gibbs_generalization_error
    from linreg_compress.bounds.individual_sample import individual_sample_bound as individual_sample_bound
    from linreg_compress.bounds.information import aware_channel_information as aware_channel_information
    from linreg_compress.bounds.information import data_processing as data_processing
    from linreg_compress.bounds.information import design_information as design_information
    from linreg_compress.bounds.population_risk import advised_rate as advised_rate
    from linreg_compress.bounds.population_risk import population_risk_bound as population_risk_bound
    from linreg_compress.bounds.relative import relative_bound as relative_bound
    from linreg_compress.bounds.same_inputs import same_inputs_generalization_error as same_inputs_generalization_error
    from linreg_compress.bounds.sub_gaussian import sub_gaussian_bound as sub_gaussian_bound
    from linreg_compress.compressed_risk.design_blind_limit import design_blind_limit as design_blind_limit
    from linreg_compress.compressed_risk.expected import expected_compressed_risks as expected_compressed_risks
    from linreg_compress.compressed_risk.expected_distortion import expected_distortion as expected_distortion
    from linreg_compress.compressed_risk.gaussian_channel import aware_channel_risks as aware_channel_risks
    from linreg_compress.compressed_risk.gaussian_channel import blind_channel_risks as blind_channel_risks
    from linreg_compress.compressed_risk.interpolation import bayes_decoder_excess_risk as bayes_decoder_excess_risk
    from linreg_compress.compressed_risk.interpolation import compression_criterion as compression_criterion
    from linreg_compress.compressed_risk.interpolation import interpolated_excess_risk as interpolated_excess_risk
    from linreg_compress.compressed_risk.laws import codebook_radius_law as codebook_radius_law
    from linreg_compress.compressed_risk.laws import compressed_empirical_risk_law as compressed_empirical_risk_law
    from linreg_compress.compressed_risk.laws import compressed_population_risk_law as compressed_population_risk_law
    from linreg_compress.compressed_risk.laws import improvement_probability as improvement_probability
    from linreg_compress.compressed_risk.linear_channel import linear_channel_risks as linear_channel_risks
    from linreg_compress.compressed_risk.per_weight_channel import per_weight_channel_risks as per_weight_channel_risks
    from linreg_compress.compressed_risk.record import CompressedRisks as CompressedRisks
    from linreg_compress.compressed_risk.scalar_quantizer import scalar_quantizer_entropy as scalar_quantizer_entropy
    from linreg_compress.compressed_risk.scalar_quantizer import scalar_quantizer_risks as scalar_quantizer_risks
    from linreg_compress.compressed_risk.variance_inflation import variance_inflation as variance_inflation
    from linreg_compress.compressed_risk.water_filling import best_water_filling_rate as best_water_filling_rate
    from linreg_compress.compressed_risk.water_filling import expected_water_filled_risks as expected_water_filled_risks
    from linreg_compress.compressed_risk.water_filling import water_filled_risks as water_filled_risks
    from linreg_compress.compressed_risk.water_filling import water_filled_risks_limit as water_filled_risks_limit
    from linreg_compress.compression.cells import CellQuantizer as CellQuantizer
    from linreg_compress.compression.channel import Channel as Channel
    from linreg_compress.compression.channel import Coded as Coded
    from linreg_compress.compression.channel import Compressed as Compressed
    from linreg_compress.compression.closest_vector import closest_vector as closest_vector
    from linreg_compress.compression.dithered import DitheredUniform as DitheredUniform
    from linreg_compress.compression.empirical_source import EmpiricalSource as EmpiricalSource
    from linreg_compress.compression.entropy_constrained import entropy_constrained as entropy_constrained
    from linreg_compress.compression.gaussian_channel import AwareGaussianChannel as AwareGaussianChannel
    from linreg_compress.compression.gaussian_channel import BlindGaussianChannel as BlindGaussianChannel
    from linreg_compress.compression.hessian_weighted_kmeans import diameter_kmeans as diameter_kmeans
    from linreg_compress.compression.hessian_weighted_kmeans import hessian_importance as hessian_importance
    from linreg_compress.compression.identity import Identity as Identity
    from linreg_compress.compression.kmeans import KMeansQuantizer as KMeansQuantizer
    from linreg_compress.compression.kmeans import kmeans as kmeans
    from linreg_compress.compression.lloyd_max import lloyd_max as lloyd_max
    from linreg_compress.compression.local_search import local_search as local_search
    from linreg_compress.compression.per_weight_channel import PerWeightGaussianChannel as PerWeightGaussianChannel
    from linreg_compress.compression.pruning import MagnitudePruning as MagnitudePruning
    from linreg_compress.compression.pruning import OptimalBrainSurgeon as OptimalBrainSurgeon
    from linreg_compress.compression.ridge_shrinkage import RidgeShrinkage as RidgeShrinkage
    from linreg_compress.compression.sign import sign_quantizer as sign_quantizer
    from linreg_compress.compression.sources import LaplaceSource as LaplaceSource
    from linreg_compress.compression.sources import NormalSource as NormalSource
    from linreg_compress.compression.sources import StudentTSource as StudentTSource
    from linreg_compress.compression.sources import source_for as source_for
    from linreg_compress.compression.successive import SuccessiveQuantizer as SuccessiveQuantizer
    from linreg_compress.compression.uniform import UniformQuantizer as UniformQuantizer
    from linreg_compress.compression.uniform import limited_uniform as limited_uniform
    from linreg_compress.compression.uniform import optimal_uniform as optimal_uniform
    from linreg_compress.errors import DesignError as DesignError
    from linreg_compress.errors import InvalidInputError as InvalidInputError
    from linreg_compress.errors import LinregCompressError as LinregCompressError
    from linreg_compress.errors import UnsupportedModelError as UnsupportedModelError
    from linreg_compress.information.blahut_arimoto import blahut_arimoto as blahut_arimoto
    from linreg_compress.information.blahut_arimoto import distortion_rate_bracket as distortion_rate_bracket
    from linreg_compress.information.blahut_arimoto import rate_distortion_curve as rate_distortion_curve
    from linreg_compress.information.discrete import HuffmanCode as HuffmanCode
    from linreg_compress.information.discrete import entropy as entropy
    from linreg_compress.information.discrete import huffman_lengths as huffman_lengths
    from linreg_compress.information.gaussian import additive_channel_information as additive_channel_information
    from linreg_compress.information.gaussian import differential_entropy as differential_entropy
    from linreg_compress.information.gaussian import mutual_information as mutual_information
    from linreg_compress.information.rate_distortion import bits_per_weight_from_nats as bits_per_weight_from_nats
    from linreg_compress.information.rate_distortion import distortion_rate as distortion_rate
    from linreg_compress.information.rate_distortion import kept_fraction as kept_fraction
    from linreg_compress.information.rate_distortion import normalized_distortion as normalized_distortion
    from linreg_compress.information.rate_distortion import rate_distortion as rate_distortion
    from linreg_compress.information.rate_distortion import rate_nats_from_bits as rate_nats_from_bits
    from linreg_compress.information.rate_distortion import reverse_water_filling as reverse_water_filling
    from linreg_compress.least_squares import fit as fit
    from linreg_compress.least_squares import leverage_law as leverage_law
    from linreg_compress.least_squares import weight_law as weight_law
    from linreg_compress.loss import empirical_risk as empirical_risk
    from linreg_compress.loss import population_risk as population_risk
    from linreg_compress.model import LinearModel as LinearModel
    from linreg_compress.monte_carlo.estimate import Estimate as Estimate
    from linreg_compress.monte_carlo.grid import SweepCell as SweepCell
    from linreg_compress.monte_carlo.grid import sweep_grid as sweep_grid
    from linreg_compress.monte_carlo.quantities import Simulation as Simulation
    from linreg_compress.monte_carlo.samplers import SAMPLERS as SAMPLERS
    from linreg_compress.monte_carlo.samplers import find_sampler as find_sampler
    from linreg_compress.monte_carlo.simulate import simulate as simulate
    from linreg_compress.monte_carlo.sweep import sweep as sweep
    from linreg_compress.monte_carlo.trials import Sampler as Sampler
    from linreg_compress.monte_carlo.trials import Trials as Trials
    from linreg_compress.ridge import expected_ridge_excess_risk as expected_ridge_excess_risk
    from linreg_compress.ridge import ridge_excess_risk as ridge_excess_risk
    from linreg_compress.ridge import ridge_excess_risk_limit as ridge_excess_risk_limit
    from linreg_compress.risk import Risks as Risks
    from linreg_compress.risk import empirical_risk_law as empirical_risk_law
    from linreg_compress.risk import expected_risks as expected_risks
    from linreg_compress.risk import least_squares_risks as least_squares_risks
    from linreg_compress.risk import population_risk_law as population_risk_law
    from linreg_compress.spectrum import MarchenkoPastur as MarchenkoPastur
    from linreg_compress.spectrum import draw_spectra as draw_spectra

_HOMES = {
    "advice.record": ("Advice",),
    "advise": ("advise",),
    "bounds.chi_square": ("chi_square_bound",),
    "bounds.donsker_varadhan": (
        "centred_donsker_varadhan_bound",
        "donsker_varadhan_bound",
        "random_design_bound",
    ),
    "bounds.gibbs": ("gibbs_generalization_error",),
    "bounds.individual_sample": ("individual_sample_bound",),
    "bounds.information": (
        "aware_channel_information",
        "data_processing",
        "design_information",
    ),
    "bounds.population_risk": (
        "advised_rate",
        "population_risk_bound",
    ),
    "bounds.relative": ("relative_bound",),
    "bounds.same_inputs": ("same_inputs_generalization_error",),
    "compressed_risk.design_blind_limit": ("design_blind_limit",),
    "information.blahut_arimoto": (
        "blahut_arimoto",
        "distortion_rate_bracket",
        "rate_distortion_curve",
    ),
    "compressed_risk.expected_distortion": ("expected_distortion",),
    "compressed_risk.scalar_quantizer": (
        "scalar_quantizer_entropy",
        "scalar_quantizer_risks",
    ),
    "compression.cells": ("CellQuantizer",),
    "compression.channel": ("Channel", "Coded", "Compressed"),
    "compression.closest_vector": ("closest_vector",),
    "compression.dithered": ("DitheredUniform",),
    "compression.empirical_source": ("EmpiricalSource",),
    "compression.entropy_constrained": ("entropy_constrained",),
    "compression.hessian_weighted_kmeans": (
        "diameter_kmeans",
        "hessian_importance",
    ),
    "compression.kmeans": (
        "KMeansQuantizer",
        "kmeans",
    ),
    "compression.lloyd_max": ("lloyd_max",),
    "compression.local_search": ("local_search",),
    "compression.pruning": (
        "MagnitudePruning",
        "OptimalBrainSurgeon",
    ),
    "compression.sign": ("sign_quantizer",),
    "compression.sources": (
        "LaplaceSource",
        "NormalSource",
        "StudentTSource",
        "source_for",
    ),
    "compression.successive": ("SuccessiveQuantizer",),
    "compression.uniform": (
        "UniformQuantizer",
        "limited_uniform",
        "optimal_uniform",
    ),
    "information.discrete": (
        "HuffmanCode",
        "entropy",
        "huffman_lengths",
    ),
    "agreement": ("check_agreement",),
    "agreement_settings": ("default_settings", "settings_for"),
    "bounds.bound": ("Bound",),
    "bounds.sub_gaussian": ("sub_gaussian_bound",),
    "compressed_risk.expected": ("expected_compressed_risks",),
    "compressed_risk.gaussian_channel": ("aware_channel_risks", "blind_channel_risks"),
    "compressed_risk.interpolation": (
        "bayes_decoder_excess_risk",
        "compression_criterion",
        "interpolated_excess_risk",
    ),
    "compressed_risk.laws": (
        "codebook_radius_law",
        "compressed_empirical_risk_law",
        "compressed_population_risk_law",
        "improvement_probability",
    ),
    "compressed_risk.linear_channel": ("linear_channel_risks",),
    "compressed_risk.per_weight_channel": ("per_weight_channel_risks",),
    "compressed_risk.record": ("CompressedRisks",),
    "compressed_risk.variance_inflation": ("variance_inflation",),
    "compressed_risk.water_filling": (
        "best_water_filling_rate",
        "expected_water_filled_risks",
        "water_filled_risks",
        "water_filled_risks_limit",
    ),
    "compression.gaussian_channel": ("AwareGaussianChannel", "BlindGaussianChannel"),
    "compression.identity": ("Identity",),
    "compression.per_weight_channel": ("PerWeightGaussianChannel",),
    "compression.ridge_shrinkage": ("RidgeShrinkage",),
    "errors": ("DesignError", "InvalidInputError", "LinregCompressError", "UnsupportedModelError"),
    "information.gaussian": ("additive_channel_information", "differential_entropy", "mutual_information"),
    "information.rate_distortion": (
        "bits_per_weight_from_nats",
        "distortion_rate",
        "kept_fraction",
        "normalized_distortion",
        "rate_distortion",
        "rate_nats_from_bits",
        "reverse_water_filling",
    ),
    "least_squares": ("fit", "leverage_law", "weight_law"),
    "loss": ("empirical_risk", "population_risk"),
    "model": ("LinearModel",),
    "monte_carlo.estimate": ("Estimate",),
    "monte_carlo.samplers": ("SAMPLERS", "find_sampler"),
    "monte_carlo.quantities": ("Simulation",),
    "monte_carlo.simulate": ("simulate",),
    "monte_carlo.grid": ("SweepCell", "sweep_grid"),
    "monte_carlo.sweep": ("sweep",),
    "monte_carlo.trials": ("Sampler", "Trials"),
    "ridge": ("expected_ridge_excess_risk", "ridge_excess_risk", "ridge_excess_risk_limit"),
    "risk": ("Risks", "empirical_risk_law", "expected_risks", "least_squares_risks", "population_risk_law"),
    "spectrum": ("MarchenkoPastur", "draw_spectra"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
__all__ = ["__version__", *sorted(_HOME_OF)]  # noqa: PLE0604 (the names are strings, built from the table above)


def __getattr__(name: str) -> Any:
    """Load a public name from its module when it is first used."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
