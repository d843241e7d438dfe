"""Console pages: channels with what is unacknowledged, one channel with its packages and its balance."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.templatetags.ximu import t
from ximu.foundation.web import actor_of, int_of
from ximu.ideas.exchange import queries, services
from ximu.ideas.exchange.rules import profile, profiles

PAGE_SIZE = 50


@require_safe
def channels(request: HttpRequest) -> HttpResponse:
    actor_of(request).must("exchange.send")
    rows = [{"channel": one, "profile": profile(one.profile)} for one in queries.channels()]
    return render(request, "exchange/channels.html", {
        "rows": rows, "profiles": profiles().values(), "traces": queries.traces(), "barred": queries.barred(),
        "received": queries.received(), "forwarded": queries.forwarded()[:PAGE_SIZE],
    })


@require_safe
def channel(request: HttpRequest, code: str) -> HttpResponse:
    actor_of(request).must("exchange.send")
    found = queries.channel(code)
    only_open = request.GET.get("open", "") == "1"
    page = Paginator(queries.packages(code, only_open=only_open), PAGE_SIZE).get_page(int_of(request, "page", 1))
    return render(request, "exchange/channel.html", {
        "channel": found, "profile": profile(found.profile), "page": page, "only_open": only_open, "held": len(queries.held_there(found)),
        "balances": queries.balances(found)[:12],
    })


@require_POST
def run(request: HttpRequest, code: str) -> HttpResponse:
    """Answer what was closed, build what waits, send what is due."""
    by, at = actor_of(request), clock.now()
    by.must("exchange.send")
    services.answer_closed(at=at)
    made = services.pack(code, by=by, at=at)
    sent = services.send(code, by=by, at=at)
    messages.success(request, t(
        f"新包 {1 if made else 0} 个，发送 {sent.sent} 个，收到回执 {sent.settled} 个。",
        f"Built {1 if made else 0}, sent {sent.sent}, receipts {sent.settled}."))
    if sent.failed:
        messages.error(request, t(f"发送未成功（{sent.failed}），稍后自动重试。",
                                  f"Sending failed ({sent.failed}); it will be tried again."))
    return redirect("exchange:channel", code=code)
