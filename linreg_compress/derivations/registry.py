"""All derivations, in the order in which they teach the subject. A new one is a file and a line here."""

from collections.abc import Callable
from functools import cache, partial
from importlib import import_module

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.names import find

_FILES = (
    "least_squares/chi_square_moments",
    "least_squares/gaussian_moments",
    "least_squares/projection_chi_square_law",
    "least_squares/inverse_gram_diagonal",
    "least_squares/wishart_inverse_mean",
    "least_squares/expected_empirical_risk",
    "least_squares/expected_population_risk",
    "least_squares/generalization_error_of_least_squares",
    "least_squares/minimum_norm_risk",
    "least_squares/residual_chi_square_law",
    "least_squares/excess_risk_f_law",
    "least_squares/weight_t_law",
    "least_squares/leverage_beta_law",
    "least_squares/leverage_information",
    "compression/gaussian_rate_distortion",
    "compression/gaussian_test_channel",
    "compression/reverse_water_filling",
    "compression/distortion_rate_is_convex_and_decreasing",
    "compression/distortion_rate_of_linear_model",
    "compression/aware_channel_risk",
    "compression/blind_channel_risk",
    "compression/blind_channel_empirical_law",
    "compression/generalization_error_shrinks",
    "compression/noise_alone_never_helps",
    "compression/linear_channel_risk",
    "compression/interpolation_theorem",
    "compression/compression_criterion",
    "compression/correlated_features_risk",
    "compression/improvement_probability",
    "compression/bayes_decoder_never_gains",
    "compression/water_filled_risk",
    "compression/ridge_risk",
    "compression/marchenko_pastur_limits",
    "compression/water_filled_limit",
    "compression/best_ridge_limit",
    "quantizers/truncated_gaussian_moments",
    "quantizers/conditional_gram",
    "quantizers/aware_channel_conditional_gram",
    "quantizers/change_of_measure",
    "quantizers/scalar_quantizer_empirical_increase",
    "bounds/gaussian_data_processing",
    "bounds/chi_square_loss_cumulant",
    "bounds/lambert_inverse",
    "bounds/chi_square_below_sub_gaussian",
    "bounds/donsker_varadhan_mixed",
    "bounds/relative_generalization_bound",
    "bounds/individual_sample_information",
    "bounds/individual_sample_bound",
    "bounds/wasserstein_bound",
    "bounds/clipped_sub_gaussian_bound",
    "bounds/minimum_excess_risk",
    "bounds/gibbs_algorithm",
    "bounds/gibbs_with_a_prior",
    "bounds/gibbs_new_inputs",
    "clustering/springs_in_series",
    "clustering/squared_penalty_as_family_of_linear",
    "clustering/linear_diameter_penalty",
    "clustering/clipped_end_center",
    "networks/quadratic_loss_expansion",
    "networks/relu_network_hessian_diagonal",
)


_LOADING: list[str] = []  # files whose proofs are being read; a proof reads those of its lemmas


@cache
def _load(file: str) -> Derivation:
    if file in _LOADING:
        raise ValueError(f"lemmas in a circle: {' -> '.join([*_LOADING[_LOADING.index(file) :], file])}.")
    chapter, name = file.split("/")
    _LOADING.append(file)
    try:
        make: Callable[[], Derivation] = getattr(import_module(f"{__package__}.{chapter}.{name}"), name)
        return make()
    finally:
        _LOADING.pop()


DERIVATIONS: dict[str, Callable[[], Derivation]] = {
    file.split("/")[1].replace("_", "-"): partial(_load, file) for file in _FILES
}


def find_derivations(names: list[str]) -> list[Derivation]:
    """Return the derivations called `names`, or all of them if there are no names.

    Raises
    ------
    InvalidInputError
        If a name is unknown; the near ones are listed.
    """
    wanted = [find("derivation", DERIVATIONS, name) for name in names or DERIVATIONS]
    return [derivation() for derivation in wanted]
