"""What every operation of the API has in common, written into its OpenAPI description."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from ximu.foundation.api import Problem

CHANGING = ("post", "put", "patch", "delete")
WORDS = {
    400: "请求无法理解 malformed request", 401: "需要接口密钥 an API key is needed", 403: "没有权限 not allowed", 404: "没有找到 not found",
    409: "与现状冲突 conflicts with the present state", 413: "内容过大 too large", 422: "内容不符合规则 breaks a rule",
    429: "请求过于频繁 too many requests", 503: "系统繁忙 busy, see Retry-After", 507: "存储空间不足 no space left",
}
PROBLEM = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
ABOUT = """\
徙木政务诚信平台接口。时间为ISO 8601带时区；编码为UTF-8。

**身份 Identity** `Authorization: Bearer ximu_…`；密钥按单位签发，只显示一次。没有密钥时只能读取公开内容，以及办理注明不需要密钥的事项。
Keys are issued per organisation; without one only public data can be read, and done what is marked as needing none.

**分页 Paging** `limit`、`offset`；回答含`items`、`total`、`next`（下一页地址，最后一页为空）。

**缓存 Caching** 读取的回答带`ETag`；以`If-None-Match`再问，未变时回304。

**重复提交 Repeats** `POST`可带`Idempotency-Key`（8至80个可见ASCII字符，保存24小时）：同一密钥的同一请求只生效一次，
再次提交得到同样的回答；内容不同则拒绝（`IDEM-DIFFERS`）；仍在办理（`IDEM-BUSY`）的，30秒后可再提交；已有内容生效而办理中断的，
不再重做（`IDEM-CUT`）。

**拒绝 Refusals** 一律为下列`Problem`：稳定的`code`、中英文说明、字段、值、规则；未作任何改动。
"""


class XimuAPI(NinjaAPI):
    _told: dict[str, OpenAPISchema]

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """Made once in a process: it costs as much as a hundred other answers, and anybody may ask for it."""
        self._told = getattr(self, "_told", {})
        if (asked := repr(sorted(kwargs.items()))) not in self._told:
            self._told[asked] = self._whole(**kwargs)
        return self._told[asked]

    def _whole(self, **kwargs: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**kwargs)
        schema["info"]["description"] = ABOUT
        components = schema.setdefault("components", {})
        components.setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
        components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer", "description": "接口密钥 API key"}}
        for item in schema["paths"].values():
            for method, operation in item.items():
                _complete(operation, changing=method in CHANGING)
        return schema


def _complete(operation: dict[str, Any], *, changing: bool) -> None:
    """Adds who may ask, what may be refused, and the headers that every operation knows."""
    operation.setdefault("security", [{"key": []}] if changing else [{}, {"key": []}])
    answers = operation["responses"]
    for status, words in WORDS.items():
        answers.setdefault(status, {"description": words, "content": PROBLEM})
    header = "Idempotency-Key" if changing else "If-None-Match"
    operation.setdefault("parameters", []).append({"in": "header", "name": header, "required": False, "schema": {"type": "string"}})
    if not changing:
        answers[304] = {"description": "未变 not modified"}


api = XimuAPI(title="徙木 Ximu", version="1", urls_namespace="api", openapi_url="openapi.json", docs_url=None)
"""The one API; `urls.py` adds every room's router to it."""
