from .compress import CompressedNetwork as CompressedNetwork
from .compress import compress_network as compress_network
from .digits import load_digits as load_digits
from .relu import LayerArrays as LayerArrays
from .relu import ReluNetwork as ReluNetwork
from .training import train_network as train_network
from .training import training_epochs as training_epochs
