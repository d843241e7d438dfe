"""Console pages: channels with what is unacknowledged, one channel with its packages and its balance, offices that connect."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.templatetags.ximu import t
from ximu.foundation.web import actor_of, int_of
from ximu.ideas.exchange import queries, services
from ximu.ideas.exchange.rules import profile, profiles
from ximu.ideas.registry import queries as registry
from ximu.kernel.refusal import Refusal

PAGE_SIZE = 50
MOST_NOTE = 8192


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
        "balances": queries.balances(found)[:12], "left": queries.left(found),
        "may_close": actor_of(request).can("exchange.manage") and actor_of(request).human != found.closing_by,
        "may_withdraw": actor_of(request).can("exchange.manage") or actor_of(request).human == found.closing_by,
    })


@require_POST
def closing(request: HttpRequest, code: str) -> HttpResponse:
    """Propose that the channel be closed, confirm that, or take the proposal back."""
    by, at, verb = actor_of(request), clock.now(), request.POST.get("act", "")
    if verb == "propose":
        services.propose_closing(code, reason=request.POST.get("reason", ""), by=by, at=at)
        messages.success(request, t("已提出停用，待另一人确认；确认前照常收发。",
                                    "Proposed; it works as before until another person confirms."))
    elif verb == "confirm":
        services.close_channel(code, by=by, at=at)
        messages.success(request, t("通道已停用。", "The channel is closed."))
    elif verb == "withdraw":
        services.withdraw_closing(code, by=by, at=at)
        messages.success(request, t("已撤回停用提议。", "The proposal is taken back."))
    else:
        raise Refusal("ACT-NONE", field="act", value=verb[:20], rule="propose confirm withdraw", zh="请选择要办的事项。",
                      en="Choose what to do.")
    return redirect("exchange:channel", code=code)


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


@require_http_methods(["GET", "HEAD", "POST"])
def registrations(request: HttpRequest) -> HttpResponse:
    """How to connect, step by step, the form, and what became of each request."""
    by, today = actor_of(request), clock.today()
    by.must("exchange.register" if by.can("exchange.register") else "exchange.manage")
    if request.method == "POST":
        made = services.register(_note(request), by=by, at=clock.now())
        messages.success(request, t(f"已登记通道 {made.code}，待另一人确认后生效。",
                                    f"Registered for channel {made.code}; it takes effect when another person confirms."))
        return redirect("exchange:registrations")
    page = Paginator(queries.registrations(by), PAGE_SIZE).get_page(int_of(request, "page", 1))
    units = by.units_with("exchange.register") or {by.unit} - {None}
    return render(request, "exchange/registrations.html", {
        "page": page, "rows": [(one, registry.name(one.unit, as_of=today)) for one in page], "profiles": profiles().values(),
        "key": services.own().verifier(), "may_register": by.can("exchange.register"), "may_confirm": by.can("exchange.manage"),
        "units": [(uid, registry.name(uid, as_of=today)) for uid in sorted(units)],
        "api": request.build_absolute_uri("/api/v1/exchange"),
    })


def _note(request: HttpRequest) -> bytes:
    sent = request.FILES.get("file")
    return sent.read(MOST_NOTE) if sent else request.POST.get("note", "")[:MOST_NOTE].encode("utf-8", "replace")


@require_POST
def decide(request: HttpRequest, uid: str) -> HttpResponse:
    by, at, verb = actor_of(request), clock.now(), request.POST.get("act", "")
    if verb == "decline":
        services.decline(uid, reason=request.POST.get("reason", ""), by=by, at=at)
    elif verb in {"confirm", "withdraw"}:
        {"confirm": services.confirm, "withdraw": services.withdraw}[verb](uid, by=by, at=at)
    else:
        raise Refusal("ACT-NONE", field="act", value=verb[:20], rule="confirm decline withdraw", zh="请选择要办的事项。",
                      en="Choose what to do.")
    messages.success(request, t("已办理。", "Done."))
    return redirect("exchange:registrations")
