"""`peerbot train`: every model of the language engine, from one folder of data."""

from functools import partial
from pathlib import Path

from rich.progress import Progress, TaskID

from bot.language import pipelines
from bot.language.encoder import MODEL
from bot.language.training.encoder import train_encoder
from bot.language.training.feedback import train_feedback
from bot.language.training.train import train_pipelines
from bot.language.training.understanding import train_understanding


def train_everything(data: Path, seed: int = 0) -> None:
    """Train the pipelines, then what stands on them, in place of the shipped models.

    `data` holds `treebanks/` and `language/`. Takes two hours or so on two cores; the same data and seed give
    the same models. Raises OSError when a source is missing.
    """
    train_pipelines(data, pipelines.MODELS, seed=seed)
    train_encoder(data, MODEL, seed=seed)
    train_understanding(data, pipelines.MODELS / "understanding", seed=seed)
    with Progress() as bar:
        for language in ("sv", "da"):
            task = bar.add_task(f"feedback {language}", total=None)
            train_feedback(language, partial(_tell, bar, task))


def _tell(bar: Progress, task: TaskID, step: str) -> None:
    bar.update(task, description=step)
