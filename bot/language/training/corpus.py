"""What each language is trained on: the treebanks brought into line, and chat sentences of our own."""

from __future__ import annotations

from pathlib import Path

from . import harmonise
from .neighbour import as_own
from .treebank import Sentence, read_conllu

OWN = Path(__file__).with_name("data")
DANISH = ("da_cdt-train.conllu", "da_ddt-dev.conllu")
NEIGHBOURS = {
    "sv": (("nb", "nb-dev"), ("nb", "nb-test"), ("da", "da_cdt-train")),
    "da": (
        ("nb", "nb-dev"),
        ("nb", "nb-test"),
        ("sv", "sv_talbanken-dev"),
        ("sv", "sv_pud"),
        ("sv", "sv_swell-corrected"),
    ),
}


def corpus(data: Path, language: str) -> list[list[Sentence]]:
    """The training texts of ``sv`` or ``da``, one list of sentences a source; ``data`` holds ``treebanks/``."""
    treebanks = data / "treebanks"
    return swedish(treebanks) if language == "sv" else danish(treebanks)


def swedish(treebanks: Path) -> list[list[Sentence]]:
    """Talbanken, the measure, twice; and the others in its manner."""
    talbanken = [harmonise.plain(s) for s in read_conllu(treebanks / "sv_talbanken-dev.conllu")]
    reference = harmonise.usage(talbanken)
    others = [
        read_conllu(treebanks / f"{name}.conllu") for name in ("sv_pud", "sv_swell", "sv_swell-corrected")
    ]
    aligned = [[harmonise.swedish(sentence, reference) for sentence in other] for other in others]
    return [talbanken, talbanken, *aligned, own("sv")]


def danish(treebanks: Path) -> list[list[Sentence]]:
    """The large conversion, and twice the small treebank whose labels are the measure."""
    converted, measure = ([harmonise.plain(s) for s in read_conllu(treebanks / name)] for name in DANISH)
    return [[harmonise.close_quotes(sentence) for sentence in converted], measure, measure, own("da")]


def own(language: str) -> list[Sentence]:
    """Our own chat sentences."""
    return read_conllu(OWN / f"{language}_chat.conllu")


def neighbours(data: Path, language: str) -> list[list[Sentence]]:
    """Texts of the neighbouring languages, only their trees, spelt near to ``language``."""
    return [
        [
            as_own(sentence, source, language)
            for sentence in read_conllu(data / "treebanks" / f"{name}.conllu")
        ]
        for source, name in NEIGHBOURS[language]
    ]
