"""All derivations, in the order in which they teach the subject. A new one is a file and a line here."""

import difflib
from collections.abc import Callable

from linreg_compress.derivations.aware_channel_conditional_gram import aware_channel_conditional_gram
from linreg_compress.derivations.aware_channel_risk import aware_channel_risk
from linreg_compress.derivations.bayes_decoder_never_gains import bayes_decoder_never_gains
from linreg_compress.derivations.best_ridge_limit import best_ridge_limit
from linreg_compress.derivations.blind_channel_empirical_law import blind_channel_empirical_law
from linreg_compress.derivations.blind_channel_risk import blind_channel_risk
from linreg_compress.derivations.change_of_measure import change_of_measure
from linreg_compress.derivations.chi_square_below_sub_gaussian import chi_square_below_sub_gaussian
from linreg_compress.derivations.chi_square_loss_cumulant import chi_square_loss_cumulant
from linreg_compress.derivations.chi_square_moments import chi_square_moments
from linreg_compress.derivations.clipped_end_center import clipped_end_center
from linreg_compress.derivations.compression_criterion import compression_criterion
from linreg_compress.derivations.conditional_gram import conditional_gram
from linreg_compress.derivations.correlated_features_risk import correlated_features_risk
from linreg_compress.derivations.distortion_rate_is_convex_and_decreasing import distortion_rate_is_convex_and_decreasing
from linreg_compress.derivations.distortion_rate_of_linear_model import distortion_rate_of_linear_model
from linreg_compress.derivations.donsker_varadhan_mixed import donsker_varadhan_mixed
from linreg_compress.derivations.excess_risk_f_law import excess_risk_f_law
from linreg_compress.derivations.expected_empirical_risk import expected_empirical_risk
from linreg_compress.derivations.expected_population_risk import expected_population_risk
from linreg_compress.derivations.gaussian_data_processing import gaussian_data_processing
from linreg_compress.derivations.gaussian_rate_distortion import gaussian_rate_distortion
from linreg_compress.derivations.gaussian_test_channel import gaussian_test_channel
from linreg_compress.derivations.generalization_error_of_least_squares import generalization_error_of_least_squares
from linreg_compress.derivations.generalization_error_shrinks import generalization_error_shrinks
from linreg_compress.derivations.gibbs_algorithm import gibbs_algorithm
from linreg_compress.derivations.improvement_probability import improvement_probability
from linreg_compress.derivations.individual_sample_bound import individual_sample_bound
from linreg_compress.derivations.individual_sample_information import individual_sample_information
from linreg_compress.derivations.interpolation_theorem import interpolation_theorem
from linreg_compress.derivations.lambert_inverse import lambert_inverse
from linreg_compress.derivations.ledger import Derivation
from linreg_compress.derivations.leverage_beta_law import leverage_beta_law
from linreg_compress.derivations.leverage_information import leverage_information
from linreg_compress.derivations.linear_channel_risk import linear_channel_risk
from linreg_compress.derivations.linear_diameter_penalty import linear_diameter_penalty
from linreg_compress.derivations.marchenko_pastur_limits import marchenko_pastur_limits
from linreg_compress.derivations.minimum_norm_risk import minimum_norm_risk
from linreg_compress.derivations.noise_alone_never_helps import noise_alone_never_helps
from linreg_compress.derivations.relative_generalization_bound import relative_generalization_bound
from linreg_compress.derivations.residual_chi_square_law import residual_chi_square_law
from linreg_compress.derivations.reverse_water_filling import reverse_water_filling
from linreg_compress.derivations.ridge_risk import ridge_risk
from linreg_compress.derivations.scalar_quantizer_empirical_increase import scalar_quantizer_empirical_increase
from linreg_compress.derivations.springs_in_series import springs_in_series
from linreg_compress.derivations.squared_penalty_as_family_of_linear import squared_penalty_as_family_of_linear
from linreg_compress.derivations.truncated_gaussian_moments import truncated_gaussian_moments
from linreg_compress.derivations.water_filled_limit import water_filled_limit
from linreg_compress.derivations.water_filled_risk import water_filled_risk
from linreg_compress.derivations.weight_t_law import weight_t_law
from linreg_compress.derivations.wishart_inverse_mean import wishart_inverse_mean
from linreg_compress.errors import InvalidInputError

_ALL: tuple[Callable[[], Derivation], ...] = (
    chi_square_moments,
    wishart_inverse_mean,
    expected_empirical_risk,
    expected_population_risk,
    generalization_error_of_least_squares,
    minimum_norm_risk,
    residual_chi_square_law,
    excess_risk_f_law,
    weight_t_law,
    leverage_beta_law,
    leverage_information,
    gaussian_rate_distortion,
    gaussian_test_channel,
    reverse_water_filling,
    distortion_rate_is_convex_and_decreasing,
    distortion_rate_of_linear_model,
    aware_channel_risk,
    blind_channel_risk,
    blind_channel_empirical_law,
    generalization_error_shrinks,
    noise_alone_never_helps,
    linear_channel_risk,
    interpolation_theorem,
    compression_criterion,
    correlated_features_risk,
    improvement_probability,
    bayes_decoder_never_gains,
    water_filled_risk,
    ridge_risk,
    marchenko_pastur_limits,
    water_filled_limit,
    best_ridge_limit,
    truncated_gaussian_moments,
    conditional_gram,
    aware_channel_conditional_gram,
    change_of_measure,
    scalar_quantizer_empirical_increase,
    gaussian_data_processing,
    chi_square_loss_cumulant,
    lambert_inverse,
    chi_square_below_sub_gaussian,
    donsker_varadhan_mixed,
    relative_generalization_bound,
    individual_sample_information,
    individual_sample_bound,
    gibbs_algorithm,
    springs_in_series,
    squared_penalty_as_family_of_linear,
    linear_diameter_penalty,
    clipped_end_center,
)

DERIVATIONS: dict[str, Callable[[], Derivation]] = {make.__name__.replace("_", "-"): make for make in _ALL}


def find_derivations(names: list[str]) -> list[Derivation]:
    """Return the derivations called `names`, or all of them if there are no names.

    Raises
    ------
    InvalidInputError
        If a name is unknown; the near ones are listed.
    """
    for name in names:
        if name not in DERIVATIONS:
            near = difflib.get_close_matches(name, DERIVATIONS, cutoff=0.4) or list(DERIVATIONS)
            raise InvalidInputError("NAME", "must be a known derivation", repr(name), f"Near it: {', '.join(near)}.")
    return [DERIVATIONS[name]() for name in names or DERIVATIONS]
