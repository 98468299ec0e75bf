"""Codes of problems put into words, in the language of the person who reads them."""

from typing import Any


def problem_text(code: str, detail: dict[str, Any]) -> tuple[str, str]:
    """Word a problem: (reason, cure)."""
    raise NotImplementedError


def problem_sentence(*, row: int, column: str, value: str, code: str, detail: dict[str, Any]) -> str:
    """Word a problem with its place: "Column 'Datum' row 17: '31.02.2024' is not a date. Did you mean 29.02.2024?"."""
    raise NotImplementedError


def question_text(code: str, detail: dict[str, Any] | None = None) -> str:
    """Word a question of `Recognition.questions`."""
    raise NotImplementedError


def layout_label(name: str) -> str:
    raise NotImplementedError


def field_label(layout: str, name: str) -> str:
    raise NotImplementedError


def step_label(code: str) -> str:
    """Word a step that `progress` was told."""
    raise NotImplementedError
