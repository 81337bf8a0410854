from .figure import Figure as Figure
from .plots import plot_distortion_rate as plot_distortion_rate
from .plots import plot_generalization_error as plot_generalization_error
from .plots import plot_risks as plot_risks
from .registry import FIGURES as FIGURES
from .registry import find_figures as find_figures
from .setting import Setting as Setting
