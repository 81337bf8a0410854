"""The model that a figure is drawn for: the gallery's own numbers, or the reader's."""

from dataclasses import asdict, dataclass

from linreg_compress import _validation as valid
from linreg_compress.errors import InvalidInputError
from linreg_compress.model import LinearModel


@dataclass(frozen=True)
class Setting:
    """How many samples and features, and how much noise; the gallery's own numbers unless others are given.

    Examples
    --------
    >>> Setting(60, 20, 2.0).model(ratio=0.25).signal_variance * 39 / 2.0
    0.25
    """

    samples: int = 80
    """n, at least d + 2: with fewer the risk of least squares is infinite."""
    features: int = 50
    """d."""
    noise_variance: float = 1.0
    """sigma^2, squared units of y."""

    def __post_init__(self) -> None:
        d = valid.count("features", self.features)
        n = valid.count("samples", self.samples)
        if n < d + 2:
            raise InvalidInputError(
                "samples", f"must be at least features + 2 = {d + 2}", n, "With fewer the risk before coding is infinite."
            )
        valid.positive_number("noise_variance", self.noise_variance)

    def model(self, ratio: float = 0.0) -> LinearModel:
        """Return a model whose weights have a signal of `ratio` times v, the noise of their estimates."""
        v = LinearModel(self.samples, self.features, self.noise_variance).weight_variance
        return LinearModel(self.samples, self.features, self.noise_variance, signal_variance=ratio * v)

    def parameters(self) -> dict[str, float]:
        """Return what the JSON beside a picture says of it."""
        return asdict(self)

    @property
    def text(self) -> str:
        """The numbers as a note below a picture has them."""
        return f"n = {self.samples}, d = {self.features}, σ² = {self.noise_variance:g}"

    @property
    def text_with_v(self) -> str:
        """The same with the noise of a weight, in which signals are measured."""
        return f"{self.text}, v = σ² / (n - d - 1)"

    @property
    def options(self) -> str:
        """The options of the command line that give these numbers."""
        return f"--samples {self.samples} --features {self.features} --noise-variance {self.noise_variance:g}"

    @property
    def name(self) -> str:
        """Short name, as a folder of its own has it."""
        return f"n{self.samples}-d{self.features}-s{self.noise_variance:g}"


OWN = Setting()
