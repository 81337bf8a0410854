"""Wrong tables: for each clause of each figure's claim, ways of spoiling the data after which that clause must not hold.

`SPOILERS` maps a figure's name to its checks, in their order, each with at least two functions from a table to a wrong one.
"""

from tests.gallery.spoiling import Spoiler, exchanged, relabelled, scaled, shifted, without

SPOILERS: dict[str, dict[str, list[Spoiler]]] = {
    "headline": {
        "helps_below": [
            scaled(1.3, "population_risk", panel="weak", witness="exact"),
            scaled(1.3, "population_risk", panel="oracle", witness="exact"),
            relabelled("panel", weak="strong", strong="weak"),
        ],
        "hurts_above": [
            scaled(0.3, "population_risk", panel="strong", witness="exact"),
            scaled(1.5, "least_squares_population_risk", panel="strong", witness="exact"),
            without(panel="strong"),
        ],
        "error_and_bound_fall": [
            scaled(0.05, "sub_gaussian_bound", panel="oracle"),
            scaled(9.0, "generalization_error", panel="weak", witness="exact"),
            scaled(-1.0, "bits_per_weight", "generalization_error", "sub_gaussian_bound", witness="exact"),
        ],
        "simulation_agrees": [
            scaled(1.2, "empirical_risk", witness="monte_carlo"),
            scaled(0.8, "generalization_error", witness="exact"),
            scaled(1e-3, "population_risk", witness="monte_carlo"),
        ],
    },
    "linear-regression": {
        "empirical_risk_rises": [
            scaled(-1.0, "empirical_risk", signal="4 v", witness="exact"),
            scaled(-1.0, "bits_per_weight", "empirical_risk", witness="exact"),
        ],
        "error_and_bound_fall": [
            scaled(0.1, "bound", signal="v / 4", witness="exact"),
            scaled(-1.0, "generalization_error", signal="4 v", witness="exact"),
        ],
        "population_risk_falls": [
            scaled(1.5, "population_risk", "empirical_risk", "generalization_error", signal="v / 4", witness="exact"),
            relabelled("signal", **{"v / 4": "4 v", "4 v": "v / 4"}),
            scaled(1.001, "empirical_risk", witness="exact"),
        ],
        "population_risk_rises": [
            relabelled("signal", **{"v / 4": "4 v", "4 v": "v / 4"}),
            scaled(3.0, "least_squares_population_risk", signal="4 v", witness="exact"),
        ],
        "simulation_agrees": [
            scaled(1.1, "empirical_risk", witness="monte_carlo"),
            scaled(0.9, "generalization_error", witness="exact"),
            without(witness="monte_carlo"),
        ],
    },
    "distortion-rate": {
        "none_is_below": [
            scaled(0.3, "distortion", panel="code", code="dithered"),
            scaled(0.5, "distortion", panel="one weight", code="lloyd-max"),
            without(panel="code"),
        ],
        "a_bit_divides_by_four": [
            scaled(1.01, "distortion", panel="curve", code="limit", bits_per_weight=2.0),
            without(panel="curve", code="limit", bits_per_weight=4.0),
        ],
        "aware_code_is_on_it": [
            scaled(1.2, "distortion", "distortion_low", "distortion_high", code="gaussian-aware"),
            relabelled("code", **{"gaussian-aware": "gaussian-blind", "gaussian-blind": "gaussian-aware"}),
        ],
        "price_of_blindness": [
            scaled(1.2, "distortion", panel="curve", code="gaussian-blind"),
            scaled(0.6, "distortion", panel="curve", code="gaussian-blind"),
        ],
        "best_blind_code_is_between": [
            scaled(0.9, "distortion_lower", panel="one weight", code="best blind"),
            scaled(1.1, "distortion", panel="one weight", code="best blind"),
            without(panel="one weight", code="best blind"),
        ],
    },
    "correlated-features": {
        "criterion_is_for_uncorrelated_features": [
            scaled(1.1, "signal_variance_over_v", panel="boundary"),
            scaled(-1.0, "signal_variance_over_v", panel="boundary", bits_per_weight=0.5),
        ],
        "boundary_falls_faster_at_high_rates": [
            scaled(2.0, "signal_variance_over_v", panel="boundary", bits_per_weight=1.0),
            scaled(0.5, "signal_variance_over_v", panel="boundary", bits_per_weight=0.25),
        ],
        "change_follows_the_boundary": [
            scaled(-1.0, "change", panel="change", bits_per_weight=0.5),
            shifted(0.05, "change", panel="change"),
            scaled(1.3, "signal_variance_over_v", panel="boundary"),
        ],
        "simulated_signs_agree": [
            scaled(-1.0, "change", "change_low", "change_high", panel="simulated"),
            scaled(1.5, "exact_change", panel="simulated"),
            without(panel="simulated"),
        ],
    },
    "tradeoff": {
        "blind_all_or_none": [
            scaled(0.3, "fall", code="blind", signal_variance="v / 4", witness="exact"),
            scaled(3.0, "fall", code="blind", signal_variance="3 v / 2", witness="exact"),
            exchanged("rise", "fall"),
        ],
        "blind_on_the_line": [
            scaled(1.0001, "fall", code="blind", signal_variance="v", witness="exact"),
            relabelled("code", blind="aware", aware="blind"),
        ],
        "aware_at_the_boundary": [
            scaled(0.5, "fall", code="aware", signal_variance="v", witness="exact"),
            relabelled("code", blind="aware", aware="blind"),
        ],
        "aware_above_a_rate": [
            scaled(2.0, "fall", code="aware", signal_variance="3 v / 2", witness="exact"),
            scaled(0.5, "fall", code="aware", signal_variance="3 v / 2", witness="exact"),
            exchanged("rise", "fall"),
        ],
        "aware_loses_on_strong_signals": [
            scaled(3.0, "fall", code="aware", signal_variance="3 v", witness="exact"),
            without(code="aware", signal_variance="3 v"),
        ],
        "simulation_agrees": [
            scaled(1.3, "rise", code="aware", witness="monte_carlo"),
            scaled(0.7, "fall", code="blind", witness="exact"),
            without(witness="monte_carlo"),
        ],
    },
    "bounds": {
        "none_is_below": [
            scaled(0.5, "value", bound="individual-sample"),
            scaled(1.5, "truth", panel="promise"),
        ],
        "donsker_varadhan_is_nearest": [
            scaled(1.5, "value", bound="donsker-varadhan", code="gaussian-blind"),
            scaled(1.5, "value", bound="donsker-varadhan-random-design"),
            scaled(0.5, "value", bound="donsker-varadhan-centred"),
            relabelled("bound", **{"donsker-varadhan": "chi-square", "chi-square": "donsker-varadhan"}),
        ],
        "loose_at_low_rates": [
            scaled(0.3, "value", bound="individual-sample"),
            without(bound="chi-square"),
        ],
        "distance_is_near": [
            scaled(1.05, "ratio", bound="wasserstein"),
            scaled(0.99, "ratio", bound="wasserstein", samples=80.0),
        ],
        "trivial_near_the_threshold": [
            scaled(1.1, "value", bound="trivial", samples=80.0),
            scaled(0.8, "value", bound="trivial", samples=1000.0),
        ],
        "individual_sample_is_near": [
            scaled(1.1, "value", bound="individual-sample"),
            without(bound="individual-sample", samples=80.0),
        ],
        "advice": [
            shifted(0.1, "bits_per_weight", panel="advice", signal_variance="v / 4"),
            scaled(0.0, "bits_per_weight", panel="advice", signal_variance="10 v"),
            relabelled("best_rate", infinite="zero"),
        ],
    },
    "phase": {
        "gaussian_boundary": [
            scaled(-1.0, "relative_change", code="gaussian"),
            shifted(-1e-3, "relative_change", code="gaussian"),
            scaled(-1.0, "relative_change", code="gaussian", samples_over_features=10.0, signal_variance_over_v=8.0),
        ],
        "fades_with_the_rate": [
            shifted(-10.0, "relative_change", code="gaussian"),
            scaled(0.0, "relative_change", code="gaussian", samples_over_features=2.0, signal_variance_over_v=0.5),
        ],
        "quantizers_help_up_to_v": [
            shifted(0.05, "relative_change", code="lloyd-max 4"),
            scaled(-1.0, "relative_change", code="lloyd-max 16", signal_variance_over_v=4.0),
            without(code="lloyd-max 2", signal_variance_over_v=0.5),
        ],
        "quantizers_cross_later": [
            scaled(0.95, "signal_variance_over_v", code="lloyd-max boundary"),
            scaled(1.05, "signal_variance_over_v", code="lloyd-max boundary", samples_over_features=10.0),
            without(code="lloyd-max boundary", samples_over_features=1.2),
        ],
        "more_at_stake_near_the_threshold": [
            scaled(0.1, "relative_change", code="gaussian", samples_over_features=1.2),
            scaled(10.0, "relative_change", code="gaussian", samples_over_features=10.0),
        ],
    },
    "law": {
        "whole_law_falls": [
            relabelled("when", before="after", after="before"),
            scaled(0.98, "cdf", panel="law", signal_variance="v / 4", when="after"),
        ],
        "whole_law_rises": [
            relabelled("when", before="after", after="before"),
            shifted(1e-3, "cdf", panel="law", signal_variance="4 v", when="after"),
        ],
        "most_fits_gain_below_and_lose_above": [
            shifted(0.01, "improved", panel="probability", signal_variance="4 v"),
            scaled(0.95, "improved", panel="probability", signal_variance="v / 4"),
        ],
        "nearly_a_coin_at_the_boundary": [
            shifted(0.05, "improved", panel="probability", signal_variance="v"),
            scaled(0.9, "improved", panel="probability", signal_variance="v"),
        ],
        "a_coin_at_high_rates": [
            relabelled("signal_variance", **{"v / 4": "4 v", "4 v": "v / 4"}),
            scaled(1.4, "improved", panel="probability", signal_variance="4 v"),
        ],
        "simulation_agrees": [
            shifted(0.08, "cdf", panel="histogram"),
            scaled(1.5, "density", panel="histogram", when="after"),
            scaled(0.85, "improved", panel="simulated probability", signal_variance="v"),
        ],
    },
    "compressors": {
        "none_is_below_the_limit": [
            shifted(-0.3, "gap_to_rate_distortion_bits", compressor="dithered"),
            shifted(-0.3, "rate_bits", "gap_to_rate_distortion_bits", compressor="gaussian-blind"),
            shifted(-1.0, "rate_bits", compressor="kmeans"),
        ],
        "lattices_are_near": [
            shifted(0.01, "gap_to_rate_distortion_bits", compressor="dithered"),
            shifted(-0.01, "gap_to_rate_distortion_bits", compressor="entropy-constrained", bits=6.0),
        ],
        "centroids_follow_the_criterion": [
            scaled(1.5, "population_risk", compressor="lloyd-max", design="weak"),
            scaled(0.5, "population_risk", compressor="sign", design="strong"),
        ],
        "rounding_hurts": [
            scaled(0.5, "population_risk", compressor="round-to-nearest"),
            shifted(2.0, "least_squares_population_risk", compressor="round-to-nearest", design="weak"),
        ],
    },
    "water-filling": {
        "weak_directions_go_first": [
            scaled(-1.0, "bits_per_weight", panel="direction"),
            scaled(-1.0, "eigenvalue_over_samples", panel="direction", witness="one design"),
            without(panel="direction", gains_from_dropping="yes"),
        ],
        "best_rate_is_interior": [
            shifted(-1.5, "population_risk", panel="risk", signal="equal", witness="average", bits_per_weight=0.0),
            scaled(1.6, "population_risk_high", panel="risk", signal="weak", witness="average"),
            scaled(0.5, "bits_per_weight", panel="best"),
        ],
        "strong_signal_is_hurt": [
            scaled(0.9, "population_risk_low", panel="risk", signal="strong", witness="average"),
            relabelled("signal", strong="equal", equal="strong"),
        ],
        "ridge_is_below": [
            scaled(1.6, "population_risk_high", panel="ridge", witness="average"),
            scaled(0.5, "population_risk_low", panel="risk", signal="weak", witness="average"),
        ],
        "nothing_is_below_the_floor": [
            scaled(1.3, "population_risk", panel="floor", signal="weak"),
            scaled(0.5, "population_risk_low", panel="ridge", witness="average"),
            without(panel="floor", signal="strong"),
        ],
        "limit_is_near": [
            scaled(1.05, "population_risk", witness="limit"),
            scaled(0.95, "population_risk", panel="ridge", signal="equal", witness="average"),
        ],
        "simulation_agrees": [
            scaled(1.2, "population_risk", witness="monte_carlo"),
            without(witness="monte_carlo"),
        ],
    },
    "double-descent": {
        "peaks_at_the_threshold": [
            scaled(10.0, "population_risk", fit="least squares", samples=200.0, witness="exact"),
            scaled(0.01, "population_risk", fit="least squares", samples=48.0, witness="exact"),
        ],
        "helps_below": [
            scaled(1.5, "population_risk", fit="0.5 bit", witness="exact"),
            relabelled("fit", **{"1 bit": "0.2 bit", "0.2 bit": "1 bit"}),
        ],
        "hurts_above": [
            scaled(0.5, "population_risk", fit="0.2 bit", witness="exact"),
            relabelled("fit", **{"1 bit": "0.2 bit", "0.2 bit": "1 bit"}),
        ],
        "codes_raise_the_empirical_risk": [
            scaled(0.1, "empirical_risk", fit="1 bit", witness="exact"),
            shifted(0.1, "empirical_risk", fit="least squares", samples=20.0, witness="exact"),
        ],
        "simulation_agrees": [
            scaled(1.3, "population_risk", witness="monte_carlo"),
            scaled(0.8, "empirical_risk", witness="exact"),
        ],
    },
    "diameter": {
        "centers_are_drawn_together": [
            scaled(-1.0, "diameter", method="optimum"),
            scaled(20.0, "diameter", method="optimum", diameter_penalty=1000.0),
        ],
        "fit_is_traded": [
            scaled(-1.0, "empirical_risk_change", method="optimum", signal="weak"),
            scaled(-1.0, "generalization_error_change", method="optimum"),
        ],
        "weak_signal_gains": [
            shifted(2.0, "population_risk_change_high", method="optimum", signal="weak"),
            relabelled("signal", weak="strong", strong="weak"),
        ],
        "strong_signal_turns": [
            scaled(-1.0, "population_risk_change", method="optimum", signal="strong"),
            relabelled("signal", weak="strong", strong="weak"),
        ],
        "local_search_ends_above": [
            scaled(0.1, "objective_excess", method="local search"),
            scaled(0.9, "share_not_below_the_optimum", method="local search", signal="weak"),
        ],
        "the_start_decides": [
            scaled(2.0, "objective_excess", method="local search, k-means++"),
            scaled(-1.0, "objective_excess_low", method="local search, k-means++", signal="weak"),
        ],
        "optima_are_certified": [
            scaled(0.99, "share_certified", method="optimum", diameter_penalty=3.0),
            without(method="optimum", signal="weak"),
        ],
    },
    "individual-sample": {
        "never_below": [
            scaled(0.9, "bound_over_error", panel="curve", code="1 bit"),
            scaled(1.05, "bound_over_error", panel="curve", code="least squares"),
        ],
        "near_above": [
            shifted(0.1, "bound_over_error", panel="curve"),
            without(panel="curve", code="least squares"),
        ],
        "loose_below": [
            scaled(0.5, "bound_over_error", panel="curve"),
            scaled(2.0, "bound_over_error", panel="curve", code="0.05 bit"),
        ],
        "codes_loosen": [
            scaled(3.0, "bound", panel="curve", code="0.05 bit"),
            scaled(0.5, "bound_over_error", panel="curve", code="0.25 bit"),
        ],
        "distance_is_near": [
            scaled(1.05, "wasserstein_over_error", panel="curve"),
            scaled(0.999, "wasserstein_over_error", panel="curve", code="0.25 bit"),
            scaled(0.02, "bound_over_error", panel="curve"),
        ],
        "simulation_agrees": [
            scaled(1.5, "same_inputs_error", panel="simulated"),
            scaled(0.5, "exact_error", panel="simulated"),
            without(panel="simulated"),
        ],
    },
    "noise-or-shrinkage": {
        "noise_raises": [
            scaled(-1.0, "population_risk_change", part="noise", witness="exact"),
            scaled(0.0, "population_risk_change", part="noise", signal="weak", witness="exact"),
        ],
        "shrinking_lowers": [
            scaled(-1.0, "population_risk_change", part="shrinkage", signal="weak", witness="exact"),
            shifted(-1.0, "population_risk_change", part="shrinkage", signal="strong", witness="exact"),
        ],
        "sum_decides": [
            scaled(-1.0, "population_risk_change", part="channel", signal="weak", witness="exact"),
            relabelled("signal", weak="strong", strong="weak"),
        ],
        "parts_add_up": [
            scaled(1.01, "population_risk_change", part="noise", witness="exact"),
            shifted(1e-6, "population_risk_change", part="channel", witness="exact"),
        ],
        "simulation_agrees": [
            scaled(1.3, "population_risk_change", witness="monte_carlo"),
            without(witness="monte_carlo"),
        ],
    },
    "samplers": {
        "sharing_data_saves_trials": [
            scaled(0.1, "trials_needed", method="fresh"),
            relabelled("method", fresh="data", data="fresh"),
            without(method="data", samples=80.0),
        ],
        "every_step_saves_numbers": [
            relabelled("method", data="sufficient", sufficient="data"),
            scaled(1e4, "numbers_needed", method="data", samples=1000.0),
            without(method="data"),
        ],
        "weights_save_most": [
            scaled(1e-7, "numbers_needed", method="fresh"),
            relabelled("method", weights="fresh", fresh="weights"),
        ],
    },
    "network": {
        "kmeans_lowers_the_loss": [
            scaled(-1.0, "test_loss_change", panel="levels", method="kmeans", levels=6),
            scaled(40.0, "test_loss_change_se", panel="levels", method="kmeans"),
            without(method="kmeans", levels=16),
        ],
        "accuracy_stays": [
            shifted(-0.05, "error_rate_change", panel="levels", method="diameter-kmeans"),
            scaled(-1.0, "error_rate_change", panel="levels", method="hessian-kmeans"),
        ],
        "penalty_helps_hessian_weights": [
            scaled(-1.0, "test_loss_over_hessian_kmeans", method="diameter-kmeans", levels=16),
            relabelled("method", **{"hessian-kmeans": "diameter-kmeans", "diameter-kmeans": "hessian-kmeans"}),
        ],
        "hessian_weights_win_in_training_alone": [
            scaled(0.5, "train_loss", panel="levels", method="kmeans"),
            shifted(0.2, "test_loss_over_hessian_kmeans", method="kmeans"),
        ],
        "shrinking_alone_helps": [
            scaled(-1.0, "test_loss_change", panel="split", method="shrink"),
            shifted(-0.2, "test_loss_change", panel="split", method="noise"),
            relabelled("method", shrink="noise", noise="shrink"),
        ],
        "few_samples_help": [
            scaled(-1.0, "test_loss_change", panel="samples", samples=25),
            scaled(-1.0, "test_loss_change", panel="samples", samples=800),
            without(panel="samples", samples=25),
        ],
        "long_training_helps": [
            scaled(-1.0, "test_loss_change", panel="epochs", epochs=5),
            scaled(-1.0, "test_loss_change", panel="epochs", epochs=400),
        ],
        "yardsticks_do_better": [
            scaled(-1.0, "test_loss_over_temperature", method="diameter-kmeans"),
            shifted(-0.5, "test_loss_over_early_stopping", method="kmeans"),
        ],
    },
}
