"""Training the spaCy pipelines and measuring them."""

from .scoring import score
from .train import train_pipelines

__all__ = ["score", "train_pipelines"]
