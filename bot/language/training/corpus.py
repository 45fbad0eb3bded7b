"""What each language is trained on: the treebanks brought into line, and chat sentences of our own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from . import harmonise
from .neighbour import as_own
from .treebank import Sentence, read_conllu

OWN = Path(__file__).with_name("data")
Texts = Sequence[Sequence[Sentence]]


def corpus(data: Path, language: str) -> list[list[Sentence]]:
    """The training texts of ``sv`` or ``da``, one list of sentences a source; ``data`` holds ``treebanks/``."""
    treebanks = data / "treebanks"
    return swedish(treebanks) if language == "sv" else danish(treebanks)


def swedish(treebanks: Path) -> list[list[Sentence]]:
    talbanken = [harmonise.plain(s) for s in read_conllu(treebanks / "sv_talbanken-dev.conllu")]
    reference = harmonise.usage(talbanken)
    others = [
        read_conllu(treebanks / f"{name}.conllu") for name in ("sv_pud", "sv_swell", "sv_swell-corrected")
    ]
    aligned = [[harmonise.swedish(sentence, reference) for sentence in other] for other in others]
    return [talbanken, *aligned, own("sv")]


def danish(treebanks: Path) -> list[list[Sentence]]:
    names = ("da_cdt-train", "da_ddt-dev")
    return [*([harmonise.plain(s) for s in read_conllu(treebanks / f"{n}.conllu")] for n in names), own("da")]


def own(language: str) -> list[Sentence]:
    """Our own chat sentences."""
    path = OWN / f"{language}_chat.conllu"
    return read_conllu(path) if path.exists() else []


def neighbours(data: Path, language: str) -> list[list[Sentence]]:
    """Texts of the neighbouring languages, only their trees, spelt near to ``language``."""
    files = {"nb": ["nb-dev", "nb-test"], "da": ["da_cdt-train"]}
    sources = ["nb", "da"] if language == "sv" else ["nb"]
    return [
        [
            as_own(sentence, source, language)
            for sentence in read_conllu(data / "treebanks" / f"{name}.conllu")
        ]
        for source in sources
        for name in files[source]
    ]
