"""The language feedback that a peer gets: findings in a text, and their explanation.

Rules and the trained component read the same clauses; the trained component, to which every rule that fires and
every exemption that holds is evidence, has the last word. A finding is named by the rule that found it too, so
that people can switch that rule off, or else by the trained component.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Doc, Token

from bot.language import pipelines
from bot.language.classifier import Describer, Tags, candidates, join_features, load_classifier, place
from bot.language.encoder import Reading, load_encoder
from bot.language.findings import CATEGORIES, Explanation, Finding, Language, Setting
from bot.language.rewriting import load_rewriter
from bot.language.rules.families import Family, load_rules
from bot.language.rules.patterns import Span
from bot.language.rules.reading import Unit, read

# No decision rests on a parse or a lemma, so the pipeline need not make them.
UNUSED = ["trainable_lemmatizer", "senter", "parser"]

# The principle and source of what no rule family names.
TRAINED = {
    "directive": ("P1", "ili"),
    "generalising": ("P2", "ili"),
    "judging": ("P3", "ili"),
    "overstepping": ("P6", "ili"),
    "confidentiality": ("P5", "ili"),
}


class Feedback:
    """Finds and explains; one for the whole process.

    Languages are loaded when first needed. It may be used from several threads: the spaCy pipeline, which spaCy does
    not promise to be safe, runs under a lock, and everything else is read-only.
    """

    def __init__(self, names: Mapping[str, str] | None = None) -> None:
        """`names` are those of installed pipelines to use instead of ours, by language."""
        self._names = names or {}

    def check(
        self, text: str, language: Language, setting: Setting = "message", switched_off: Collection[str] = ()
    ) -> list[Finding]:
        """The findings in a text of any length and content, in the order in which they begin.

        `setting` is "message" (a peer writes to the person) or "reflection" (a peer writes about a meeting);
        `switched_off` holds the rule ids that this person does not want to see. Offsets are in characters.
        """
        rules = load_rules(language)
        units = read(text, rules.lexicon)
        if not units:
            return []
        describer = Describer(units, self._tags(text, language), rules, setting)
        reading = load_encoder().read(text, setting)
        stretches = _decide(units, describer, reading, language)
        found = [_finding(text, units, stretch, describer) for stretch in stretches]
        kept = (finding for finding in found if finding.rule not in switched_off)
        return sorted(kept, key=lambda finding: (finding.start, finding.end, finding.category))

    def explain(self, finding: Finding, text: str, language: Language) -> Explanation:
        """Say in the given language what the finding is and why, with one to three other ways to put it.

        `text` is the text that the finding was made in, `language` the language of both. None of the suggestions
        is itself flagged.
        """
        rewriter = load_rewriter(language)
        companions = [
            other
            for other in self.check(text, language, _setting_of(finding))
            if other.category != finding.category and other.start < finding.end and finding.start < other.end
        ]
        offered = [line for line in rewriter.suggestions(finding, companions) if self._passes(line, language)]
        return Explanation(
            message=rewriter.texts["messages"][finding.category],
            principle=rewriter.texts["principles"][finding.principle],
            source=rewriter.texts["sources"][finding.source],
            suggestions=tuple(offered or [rewriter.last_resort()]),
        )

    def _passes(self, suggestion: str, language: Language) -> bool:
        return not any(self.check(suggestion, language, setting) for setting in ("message", "reflection"))

    def _tags(self, text: str, language: Language) -> Tags:
        name = self._names.get(language)
        nlp = pipelines.load(language, name)
        with pipelines.lock(language, name):
            return tags_of(nlp(text, disable=[part for part in UNUSED if part in nlp.pipe_names]))


def tags_of(doc: Doc) -> dict[int, str]:
    """The part of speech and the telling feature of each token, by the character at which it begins."""
    return {token.idx: f"{token.pos_}.{_form(token)}" for token in doc}


def _form(token: Token) -> str:
    """Mood, verb form or tense of a verb; number and definiteness of a noun; number of what goes with a noun."""
    morph = token.morph.to_dict()
    if verbal := morph.get("Mood") or morph.get("VerbForm"):
        return morph.get("Tense", "Ind") if verbal == "Ind" else verbal
    if token.pos_ == "NOUN":
        return morph.get("Number", "") + morph.get("Definite", "")
    return morph.get("Number", "") if token.pos_ in {"ADJ", "PRON", "DET"} else ""


@dataclass(frozen=True)
class _Stretch:
    """Neighbouring clauses of one unit that are flagged together."""

    category: str
    unit: int
    clauses: tuple[int, int]  # the first and the last
    span: Span
    probability: float


def _decide(
    units: Sequence[Unit], describer: Describer, reading: Reading, language: Language
) -> Iterator[_Stretch]:
    """For each category the clauses above its threshold, those made one that the classifier joins."""
    classifier = load_classifier(language)
    scored = [
        (clause, classifier.probabilities(describer.features(clause), reading.clause(*place(units, clause))))
        for clause in candidates(units)
    ]
    for number, category in enumerate(CATEGORIES):
        open_stretch: _Stretch | None = None
        for index, (clause, probability) in enumerate(scored):
            if probability[number] < classifier.thresholds[category]:
                continue
            stretch = _Stretch(category, clause.unit, (index, index), clause.span, float(probability[number]))
            if open_stretch and _neighbours(open_stretch, stretch):
                before = scored[index - 1][0]
                if classifier.joins(join_features(units[clause.unit], before, clause, category)):
                    open_stretch = _joined(open_stretch, stretch)
                    continue
            if open_stretch:
                yield open_stretch
            open_stretch = stretch
        if open_stretch:
            yield open_stretch


def _neighbours(one: _Stretch, other: _Stretch) -> bool:
    return one.unit == other.unit and one.clauses[1] + 1 == other.clauses[0]


def _joined(one: _Stretch, other: _Stretch) -> _Stretch:
    return replace(
        one,
        clauses=(one.clauses[0], other.clauses[1]),
        span=Span(one.span.first, other.span.last),
        probability=max(one.probability, other.probability),
    )


def _share(one: Span, other: Span) -> bool:
    return one.first < other.last and other.first < one.last


def _finding(text: str, units: Sequence[Unit], stretch: _Stretch, describer: Describer) -> Finding:
    start, end = place(units, stretch)
    family = _rule_of(stretch, describer)
    principle, source = (family.principle, family.source) if family else TRAINED[stretch.category]
    return Finding(
        stretch.category,
        start,
        end,
        text[start:end],
        family.id if family else f"trained.{stretch.category}",
        round(stretch.probability, 3),
        principle,
        source,
    )


def _rule_of(stretch: _Stretch, describer: Describer) -> Family | None:
    """The rule family that found the same: the one that begins nearest."""
    same = [
        hit
        for hit in describer.hits[stretch.unit]
        if stretch.category == hit.family.category and _share(hit.span, stretch.span)
    ]
    return min(same, key=lambda hit: abs(hit.span.first - stretch.span.first)).family if same else None


def _setting_of(finding: Finding) -> Setting:
    return "reflection" if finding.rule.endswith("third-person") else "message"
