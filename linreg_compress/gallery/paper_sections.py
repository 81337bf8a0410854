"""The outline of the paper's journal version, and the place of each of its lines in this package."""

from dataclasses import dataclass

_MODEL = "--samples 80 --features 50"


@dataclass(frozen=True)
class Section:
    """One line of the outline."""

    number: str
    """Number in the journal version."""
    title: str
    """What it is about, after the outline."""
    statement: str
    """What is said there, in the paper's terms and our words."""
    derivations: tuple[str, ...]
    """Names in the ledger."""
    functions: tuple[str, ...]
    """Dotted names below `linreg_compress`."""
    commands: tuple[str, ...]
    """Command lines that run as they stand."""
    figures: tuple[str, ...]
    """Names of figures."""
    adds: str
    """What this package has beyond it."""
    differs: str = ""
    """What it does otherwise, and why."""
    formula: str = ""
    """LaTeX of the result."""
    shown: tuple[str, ...] = ()
    """Those figures that stand on the page itself."""

    @property
    def heading(self) -> str:
        """Number and title."""
        return f"{self.number} {self.title}"


SECTIONS = (
    Section(
        "2.1",
        "Rate distortion",
        "A code of R nats cannot reproduce a random weight vector better than its distortion-rate function D(R); for "
        "Gaussian weights a Gaussian channel reaches it.",
        ("gaussian-rate-distortion", "gaussian-test-channel", "reverse-water-filling"),
        ("distortion_rate", "rate_distortion", "reverse_water_filling", "information.blahut_arimoto"),
        ("linreg-compress derive gaussian-rate-distortion",),
        ("distortion-rate",),
        "Certified brackets of D(R) for any finite source (Blahut-Arimoto), and of t-distributed weights.",
        formula=r"D(R) = d\, V e^{-2R/d}",
    ),
    Section(
        "2.2",
        "Generalization error",
        "The generalization error of the weights is their population risk less their empirical risk; mutual information "
        "between the training data and the weights bounds it.",
        ("generalization-error-of-least-squares", "chi-square-loss-cumulant", "chi-square-below-sub-gaussian"),
        ("expected_risks", "bounds.sub_gaussian_bound", "bounds.chi_square_bound"),
        (f"linreg-compress risk {_MODEL}",),
        ("bounds",),
        "The exact error of least squares, its whole law, and the exact cumulant of the loss, closed by Lambert's W, "
        "which is never worse than the sub-Gaussian one.",
        formula=r"\mathrm{gen} = \mathbb{E}[L_\mu(W) - L_S(W)]",
    ),
    Section(
        "3",
        "Compression can improve generalization",
        "Compressed weights know less about the training data: I(S; What) is at most the rate, so the bound on the "
        "generalization error falls with the rate.",
        ("gaussian-data-processing", "generalization-error-shrinks"),
        ("bounds.data_processing", "bounds_of"),
        (f"linreg-compress bounds {_MODEL} --bits-per-weight 1",),
        ("headline",),
        "The error itself falls, exactly by the factor 1 - delta for a code that knows the inputs; and the Gibbs "
        "algorithm, where an information is the error (`lc.bounds.gibbs_generalization_error`, with a prior and at "
        "new inputs too).",
        "For a code that knows the inputs the rate is not I(S; What): the design tells too, and bounds with the rate alone "
        "fall below the truth. `bounds` uses the full information there.",
        formula=r"I(S; \hat W) \leq \min\{I(S; W), I(W; \hat W)\} \leq R",
    ),
    Section(
        "4.1",
        "Distortion metric",
        "The distortion of a code is the rise of the empirical risk, a quadratic form of the weights' error with the "
        "Hessian of the loss.",
        ("distortion-rate-of-linear-model", "conditional-gram", "scalar-quantizer-empirical-increase"),
        ("risks", "hessian_importance"),
        (f"linreg-compress risk {_MODEL} --signal-variance 0.02 --quantizer lloyd-max --levels 4",),
        ("tradeoff",),
        "The rise by any scalar quantizer of least-squares weights, exactly, though the Hessian is random.",
        formula=r"\mathbb{E}[L_S(\hat W) - L_S(W)] = \tfrac1n \mathbb{E}\, (\hat W - W)^T X^T X (\hat W - W)",
    ),
    Section(
        "4.2",
        "Population risk improvement",
        "The population risk falls where the generalization error falls by more than the empirical risk rises.",
        ("compression-criterion", "linear-channel-risk", "interpolation-theorem", "correlated-features-risk"),
        ("compression_criterion", "improvement_probability", "variance_inflation", "bounds.minimum_excess_risk_bound"),
        (
            f"linreg-compress risk {_MODEL} --signal-variance 0.02 --bits-per-weight 1",
            f"linreg-compress risk {_MODEL} --signal-variance 0.02 --bits-per-weight 1 --variance-inflation 1.5",
        ),
        ("tradeoff", "phase", "law", "noise-or-shrinkage", "correlated-features", "water-filling"),
        "When that is: for the Gaussian code exactly where tau^2 < v = sigma^2/(n-d-1), if the features are uncorrelated; "
        "with the variance inflation kappa of correlated ones where tau^2 < v (2 - kappa + delta (kappa - 1)). And a "
        "floor: the minimum excess risk, below which no learner with any code can go.",
        "The Gaussian code around the true weights, which nobody knows, always helps; here it is centred at a prior mean.",
        formula=r"\mathbb{E}[L_\mu(\hat W) - L_\mu(W)] = \delta\, d\, (\tau^2 - v)",
        shown=("correlated-features",),
    ),
    Section(
        "5.1",
        "Bounds for the compressed linear model",
        "The loss of a fixed weight vector is a scaled chi-square, so mutual information bounds the generalization "
        "error of the compressed linear model with the largest scale s_max of the codebook.",
        ("clipped-sub-gaussian-bound", "lambert-inverse", "donsker-varadhan-mixed", "wasserstein-bound"),
        (
            "bounds.clipped_sub_gaussian_bound",
            "bounds.loss_scale",
            "bounds.donsker_varadhan_bound",
            "bounds.individual_sample_bound",
            "bounds.wasserstein_bound",
        ),
        (
            f"linreg-compress bounds {_MODEL} --bits-per-weight 1",
            f"linreg-compress bounds {_MODEL} --bits-per-weight 1 --codec aware",
        ),
        ("bounds", "individual-sample"),
        "A bound that needs no supremum (Donsker-Varadhan with the mixed cumulant), one for each sample, and a Wasserstein "
        "distance in place of the information.",
        "Which supremum: a Gaussian codebook has none, so it is clipped where one draw in a million goes, and what "
        "that can hide is added. It is then a theorem about the code itself, not about the clipped one.",
        formula=r"\mathrm{gen}(\hat W) \leq 2\, s_{\max} \sqrt{R / n}",
    ),
    Section(
        "5.2",
        "Distortion-rate function of the linear model",
        "The best code of R nats that knows the inputs, its codebook at the true weights, raises the empirical risk by "
        "sigma^2 (d/n) exp(-2 R/d).",
        ("distortion-rate-of-linear-model", "distortion-rate-is-convex-and-decreasing", "aware-channel-risk"),
        ("compressed_risk.aware_channel_risks", "design_blind_limit"),
        ("linreg-compress figures distortion-rate --samples 60 --features 20 --noise-variance 2 --quick",),
        ("distortion-rate",),
        "Real codes beside it, and the limit of codes that see the weights alone, for one weight, bracketed to a "
        "millionth of a nat.",
        formula=r"D(R) = \frac{\sigma^2 d}{n} e^{-2R/d}",
        shown=("distortion-rate",),
    ),
    Section(
        "5.3",
        "Evaluation and visualization",
        "Risks, generalization error and bound against the rate, and the population risk before and after compression.",
        ("blind-channel-risk", "blind-channel-empirical-law"),
        ("risks", "simulate", "check_agreement"),
        (
            "linreg-compress figures linear-regression --samples 60 --features 20 --noise-variance 2 --quick",
            f"linreg-compress simulate {_MODEL} --bits-per-weight 1,2 --trials 1000",
        ),
        ("linear-regression", "headline", "double-descent"),
        "Every curve is a closed form, with simulations from raw data on it; two strengths of the signal, of which "
        "one is hurt.",
        "The paper's parameters are not known to us: enter yours.",
        shown=("linear-regression",),
    ),
    Section(
        "6.1",
        "Hessian-weighted k-means (HW)",
        "Weights are clustered by k-means with the diagonal of the Hessian as importance.",
        (),
        ("kmeans", "hessian_importance", "KMeansQuantizer"),
        (f"linreg-compress simulate {_MODEL} --quantizer hessian-kmeans --levels 4 --trials 100",),
        ("compressors",),
        "The global optimum of every vector of weights, by dynamic programming, in place of a local one; "
        "its optimality is tested against exhaustive search and has no entry in the ledger.",
        formula=r"\min \sum_j h_j (w_j - c_{a(j)})^2",
    ),
    Section(
        "6.2",
        "Diameter regularization (DRHW) and Algorithm 1",
        "A penalty on the distance between the outer centres draws the codebook together, which lowers the bound on the "
        "generalization error; Algorithm 1 alternates nearest centres and best centres.",
        (
            "springs-in-series",
            "squared-penalty-as-family-of-linear",
            "linear-diameter-penalty",
            "clipped-end-center",
        ),
        ("diameter_kmeans", "DiameterKMeansQuantizer", "compression.local_search", "compression.vector_kmeans"),
        (f"linreg-compress simulate {_MODEL} --quantizer diameter-kmeans --levels 4 --diameter-penalty 1 --trials 100",),
        ("diameter",),
        "The optimum with a certificate of its gap, for both penalties. Its vector case (pairs of weights) as "
        "`vector_kmeans`: local as Algorithm 1, with a proven lower bound beside it.",
        "The paper penalizes the square of the distance, the authors' published code the distance itself, and its "
        "step moves an end centre half as far as its stated objective asks; both penalties and that step are here, by"
        " name.",
        formula=r"\min \sum_j h_j (w_j - c_{a(j)})^2 + \beta \max_{k,l} |c_k - c_l|^2",
    ),
    Section(
        "7",
        "Experiments with networks",
        "Trained networks are quantized by HW and DRHW k-means, and the loss on new data can fall.",
        ("relu-network-hessian-diagonal", "quadratic-loss-expansion"),
        ("networks.train_network", "networks.compress_network", "networks.ReluNetwork"),
        ("linreg-compress figures network --quick",),
        ("network",),
        "A ReLU network in plain NumPy with the exact diagonal of its Hessian, and what the gain comes from: "
        "shrinking, noise or neither; two yardsticks beside it, stopping in time and one temperature.",
        "Small networks on the 8 by 8 digits of scikit-learn instead of the paper's; none of its numbers is compared.",
    ),
)
