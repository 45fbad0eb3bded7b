"""What the command line says of a text: findings and understanding, as JSON values or for a human."""

from functools import cache
from typing import Any

from bot.language.engine import LanguageEngine

MARK, END = "\033[1;4m", "\033[0m"


@cache
def engine() -> LanguageEngine:
    return LanguageEngine()


def check(item: dict[str, Any], language: str | None = None, setting: str = "message") -> dict[str, Any]:
    """The findings in `item["text"]`; `item` may name its own language and setting."""
    text = item["text"]
    spoken = item.get("language") or language or engine().language(text)
    findings = _findings(text, spoken, item.get("setting") or setting) if spoken in ("sv", "da") else []
    return {"id": item.get("id"), "language": spoken, "findings": findings}


def _findings(text: str, language: str, setting: str) -> list[dict[str, Any]]:
    found = []
    for finding in engine().check(text, language, setting):
        explained = engine().explain(finding, text, language)
        found.append(
            {
                "category": finding.category,
                "start": finding.start,
                "end": finding.end,
                "quote": finding.quote,
                "principle": explained.principle,
                "source": explained.source,
                "message": explained.message,
                "suggestions": list(explained.suggestions),
                "rule": finding.rule,
                "confidence": round(finding.confidence, 3),
            }
        )
    return found


def understand(item: dict[str, Any]) -> dict[str, Any]:
    text = item["text"]
    understood = engine().understand(text)
    return {
        "id": item.get("id"),
        "language": understood.language,
        "intent": understood.intent,
        "crisis": engine().crisis(text),
    }


def marked(text: str, language: str | None, setting: str) -> str:
    """The text with what was found underlined, and each finding explained."""
    findings = check({"text": text}, language, setting)["findings"]
    shown = text
    for finding in reversed(findings):
        start, end = finding["start"], finding["end"]
        shown = shown[:start] + MARK + shown[start:end] + END + shown[end:]
    return "\n".join([shown.rstrip("\n"), *(_explained(finding) for finding in findings)])


def _explained(finding: dict[str, Any]) -> str:
    lines = [
        "", f"{finding['category']}: {finding['quote']}", f"  {finding['message']}",
        f"  {finding['principle']} ({finding['source']})",
    ]  # fmt: skip
    return "\n".join(lines + [f"  - {each}" for each in finding["suggestions"]])


def understood(text: str) -> str:
    found, danger = engine().understand(text), engine().crisis(text)
    return f"language: {found.language}\nintent: {found.intent} ({found.confidence:.2f})\ncrisis: {danger}"
