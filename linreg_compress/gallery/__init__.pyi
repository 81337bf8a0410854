from .figure import Figure as Figure
from .plots import plot_law as plot_law
from .plots import plot_phase as plot_phase
from .plots import plot_risks as plot_risks
from .registry import FIGURES as FIGURES
from .registry import find_figures as find_figures
