from .figure import Figure as Figure
from .registry import FIGURES as FIGURES
from .registry import find_figures as find_figures
