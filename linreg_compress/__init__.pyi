from . import advice as advice
from . import bounds as bounds
from . import compressed_risk as compressed_risk
from . import compression as compression
from . import demos as demos
from . import derivations as derivations
from . import gallery as gallery
from . import information as information
from . import monte_carlo as monte_carlo
from . import networks as networks
from .advice import *
from .agreement import check_agreement as check_agreement
from .agreement_settings import default_settings as default_settings
from .agreement_settings import settings_for as settings_for
from .bounds import *
from .compressed_risk import *
from .compression import *
from .errors import DesignError as DesignError
from .errors import InvalidInputError as InvalidInputError
from .errors import LinregCompressError as LinregCompressError
from .errors import UnsupportedModelError as UnsupportedModelError
from .information import *
from .least_squares import fit as fit
from .least_squares import leverage_law as leverage_law
from .least_squares import weight_law as weight_law
from .loss import empirical_risk as empirical_risk
from .loss import population_risk as population_risk
from .model import LinearModel as LinearModel
from .monte_carlo import *
from .ridge import expected_ridge_excess_risk as expected_ridge_excess_risk
from .ridge import ridge_excess_risk as ridge_excess_risk
from .ridge import ridge_excess_risk_limit as ridge_excess_risk_limit
from .risk import Risks as Risks
from .risk import empirical_risk_law as empirical_risk_law
from .risk import expected_risks as expected_risks
from .risk import least_squares_risks as least_squares_risks
from .risk import population_risk_law as population_risk_law
from .spectrum import MarchenkoPastur as MarchenkoPastur
from .spectrum import draw_spectra as draw_spectra

__version__: str
