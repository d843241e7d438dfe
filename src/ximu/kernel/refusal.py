"""How does the house say no? One envelope for pages, API, CLI and reports."""

from __future__ import annotations

from typing import Any, TypeVar

Thing = TypeVar("Thing")


class Refusal(Exception):
    """Bad input or a forbidden act. Nothing was changed.

    `code` is stable; `zh` and `en` are one clear sentence each, naming field, value and rule.
    `status` is the HTTP status of the answer: 422 for bad values, 403 for lack of right, 404 for
    not found, 409 for a lost race or an illegal move, 413 for too large.
    """

    def __init__(
        self, code: str, *, zh: str, en: str, field: str = "", value: object = "", rule: str = "",
        see: str = "", status: int = 422, extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code}: {zh} / {en}")
        self.code, self.zh, self.en = code, zh, en
        self.field, self.value, self.rule, self.see = field, value, rule, see
        self.status = status
        self.extra = extra or {}

    def envelope(self) -> dict[str, Any]:
        """The answer of API and CLI: `{"code","message_zh","message_en","field","value","rule","see"}`."""
        value = self.value if isinstance(self.value, int | float | bool | None) else _shown(str(self.value))
        return {
            "code": self.code, "message_zh": _shown(self.zh), "message_en": _shown(self.en),
            "field": _shown(self.field), "value": value, "rule": _shown(self.rule), "see": self.see, **self.extra,
        }

    def sentence(self, language: str = "zh") -> str:
        return self.en if language.startswith("en") else self.zh


def _shown(text: str) -> str:
    """A character zero and lone surrogates, which PostgreSQL and UTF-8 cannot hold, as signs that can be read."""
    return text.replace("\0", "␀").encode("utf-8", "replace").decode()


def absent(code: str, *, field: str, value: object, zh: str, en: str) -> Refusal:
    """The 404 of the house: `zh` and `en` name the thing (“任务”, “task”)."""
    return Refusal(code, status=404, field=field, value=value, rule="exists", zh=f"没有找到这{zh}。", en=f"There is no such {en}.")


def there(code: str, found: Thing | None, **words: Any) -> Thing:
    """What was looked for, or the 404 of the house."""
    if found is None:
        raise absent(code, **words)
    return found
