"""The administrators' pages: accounts, rights, keys, the audit trail; and everybody's own page."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.templatetags.ximu import t
from ximu.foundation.web import actor_of, int_of
from ximu.ideas.accounts import queries, services
from ximu.kernel.refusal import Refusal

PAGE_SIZE = 50


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    actor_of(request).must("accounts.see")
    page = Paginator(queries.accounts(), PAGE_SIZE).get_page(int_of(request, "page", 1))
    known, at = queries.roles(), clock.now()
    rows = [{"account": u, "roles": [known[r].name for r in sorted(queries.roles_held(u, at=at)) if r in known]} for u in page]
    return render(request, "accounts/index.html", {"page": page, "rows": rows})


@require_safe
def detail(request: HttpRequest, uid: str) -> HttpResponse:
    actor_of(request).must("accounts.see")
    user, known, at = queries.account(uid), queries.roles(), clock.now()
    grants = [{"grant": g, "role": known[g.role], "scope": queries.scope_name(g.unit, at=at)}
              for g in queries.grants_of(user, at=at) if g.role in known]
    return render(request, "accounts/detail.html", {
        "account": user, "unit": queries.scope_name(user.unit, at=at), "grants": grants, "roles": known.values(),
        "keys": queries.keys().filter(keeper=user),
        "factor": queries.has_factor(user), "may_open": actor_of(request).can("accounts.open"),
        "may_grant": actor_of(request).can("accounts.grant"),
    })


def _scope(request: HttpRequest, at: datetime) -> str:
    return queries.scope_of(request.POST.get("unit", "")[:120], at=at)


@require_POST
def open_account(request: HttpRequest) -> HttpResponse:
    """Shows the one-time password once, on the answer itself."""
    by, at, given = actor_of(request), clock.now(), request.POST
    by.must("accounts.open")
    user = services.open_account(given.get("login", ""), name=given.get("name", ""), staff_number=given.get("staff_number", ""),
                                 unit=_scope(request, at), by=by, at=at)
    word = services.issue_password(user.uid, by=by, at=at)
    return render(request, "accounts/issued.html", {"account": user, "word": word})


@require_POST
def act(request: HttpRequest, uid: str) -> HttpResponse:
    """One button of an account's page: close, reopen, new one-time password, drop the second factor."""
    by, at = actor_of(request), clock.now()
    wanted = request.POST.get("act", "")
    if wanted == "password":
        word = services.issue_password(uid, by=by, at=at)
        return render(request, "accounts/issued.html", {"account": queries.account(uid), "word": word})
    verbs = {"close": services.close_account, "reopen": services.reopen_account, "factor": services.drop_factor}
    if wanted not in verbs:
        raise Refusal("ACT-NONE", field="act", value=wanted[:20], rule=" ".join(verbs), zh="没有这种操作。", en="There is no such act.")
    verbs[wanted](uid, by=by, at=at)
    messages.success(request, t("已办理。", "Done."))
    return redirect("accounts:detail", uid=uid)


@require_POST
def grant(request: HttpRequest, uid: str) -> HttpResponse:
    by, at = actor_of(request), clock.now()
    by.must("accounts.grant")
    services.grant(uid, request.POST.get("role", ""), unit=_scope(request, at), by=by, at=at)
    messages.success(request, t("已授权；该账号须重新登录。", "Granted; the account must sign in again."))
    return redirect("accounts:detail", uid=uid)


@require_POST
def revoke(request: HttpRequest, uid: str) -> HttpResponse:
    holder = queries.grant(uid).user.uid
    services.revoke(uid, by=actor_of(request), at=clock.now())
    messages.success(request, t("已收回。", "Revoked."))
    return redirect("accounts:detail", uid=holder)


@require_POST
def issue_key(request: HttpRequest, uid: str) -> HttpResponse:
    by, at, given = actor_of(request), clock.now(), request.POST
    by.must("accounts.grant")
    days = given.get("days", "")
    key, text = services.issue_key(uid, given.get("role", ""), unit=_scope(request, at), label=given.get("label", ""),
                                   days=int(days) if days.isascii() and days.isdigit() and len(days) < 6 else 0, by=by, at=at)
    return render(request, "accounts/key.html", {"key": key, "text": text})


@require_POST
def revoke_key(request: HttpRequest, uid: str) -> HttpResponse:
    services.revoke_key(uid, by=actor_of(request), at=clock.now())
    messages.success(request, t("密钥已吊销。", "The key is revoked."))
    return redirect("accounts:keys")


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    actor_of(request).must("accounts.see")
    page = Paginator(queries.keys(), PAGE_SIZE).get_page(int_of(request, "page", 1))
    return render(request, "accounts/keys.html", {"page": page, "roles": queries.roles(),
                                              "may_grant": actor_of(request).can("accounts.grant"), "at": clock.now()})


@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """Which role holds which right: the whole matrix, open to every member of staff."""
    known = queries.roles()
    rows = [{"permission": p, "cells": [code in p.roles for code in known]} for p in sorted(queries.permissions(), key=lambda p: p.code)]
    return render(request, "accounts/roles.html", {"roles": known.values(), "rows": rows})


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    actor_of(request).must("accounts.audit")
    wanted = {name: request.GET.get(name, "")[:80].replace("\x00", "") for name in ("actor", "act", "about")}
    refused = request.GET.get("refused") == "1"
    page = Paginator(queries.audit(**wanted, refused=refused), PAGE_SIZE).get_page(int_of(request, "page", 1))
    return render(request, "accounts/audit.html", {"page": page, "wanted": wanted, "refused": refused})


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    user = queries.account(actor_of(request).uid)
    known = queries.roles()
    grants = [{"grant": g, "role": known[g.role]} for g in queries.grants_of(user, at=clock.now()) if g.role in known]
    return render(request, "accounts/me.html", {"account": user, "grants": grants, "factor": queries.has_factor(user)})
