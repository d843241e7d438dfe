"""Log-in, second factor, own password, log-out."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pyotp
import qrcode
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from qrcode.image.svg import SvgPathImage

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.ideas.accounts import queries, services
from ximu.ideas.accounts.services import signin
from ximu.kernel.refusal import Refusal

LONGEST_LOGIN = 60
LONGEST_PASSWORD = 200


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=request.is_secure())
    return wanted if safe and wanted.startswith("/console/") else reverse("console")


def _show(request: HttpRequest, name: str, refusal: Refusal | None = None, **values: Any) -> HttpResponse:
    answer = render(request, f"accounts/{name}.html", {"refused": refusal, "next": _next(request), **values},
                    status=refusal.status if refusal else 200)
    if refusal is not None:
        answer.refusal = refusal  # type: ignore[attr-defined]
    return answer


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect(_next(request)) if request.user.is_authenticated else _show(request, "login")
    name = request.POST.get("login", "").strip()[:LONGEST_LOGIN].lower()
    try:
        step = signin.first_step(request, name, request.POST.get("password", "")[:LONGEST_PASSWORD], at=clock.now())
    except Refusal as refusal:
        return _show(request, "login", refusal, login=name)
    if step == "code":
        return redirect(f"{reverse('login-code')}?{_query(request)}")
    return redirect(_next(request))


def _query(request: HttpRequest) -> str:
    fresh = request.GET.copy()
    fresh.clear()
    fresh["next"] = _next(request)
    return fresh.urlencode()


def locked(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, str] | None) -> HttpResponse | None:
    """django-axes asks for an answer; the log-in page has given one with clear words already."""
    return response


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    user = signin.pending(request, at=clock.now())
    if user is None:
        return redirect("login")
    if request.method != "POST":
        return _show(request, "code")
    try:
        signin.second_step(request, user, request.POST.get("code", "")[:LONGEST_LOGIN], at=clock.now(), telephone=clock.telephone())
    except Refusal as refusal:
        return _show(request, "code", refusal)
    return redirect(_next(request))


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        signin.leave(request, by=actor_of(request), at=clock.now())
    answer = redirect("login")
    answer.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return answer


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    policy = queries.password_policy(at=clock.now())
    if request.method != "POST":
        return _show(request, "password", policy=policy)
    old, new, again = (request.POST.get(n, "")[:LONGEST_PASSWORD] for n in ("old", "new", "again"))
    try:
        if new != again:
            raise Refusal("PASS-AGAIN", field="again", rule="new", zh="两次输入的新口令不一致。", en="The two new passwords differ.")
        by = actor_of(request)
        user = services.change_password(by.uid, old=old, new=new, by=by, at=clock.now())
    except Refusal as refusal:
        return _show(request, "password", refusal, policy=policy)
    update_session_auth_hash(request, user)
    request.session.cycle_key()
    return redirect(_next(request))


def _qr(secret: str, login_name: str) -> str:
    image = qrcode.make(pyotp.TOTP(secret).provisioning_uri(name=login_name, issuer_name="Ximu"), image_factory=SvgPathImage, border=2)
    out = BytesIO()
    image.save(out)
    return mark_safe(out.getvalue().decode().split("?>", 1)[-1])  # noqa: S308  drawn here from our own text


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def factor(request: HttpRequest) -> HttpResponse:
    by = actor_of(request)
    refusal = None
    if request.method == "POST":
        try:
            codes = services.confirm_factor(by.uid, request.POST.get("code", "")[:LONGEST_LOGIN], by=by, at=clock.now(),
                                            telephone=clock.telephone())
            return _show(request, "recovery", codes=codes)
        except Refusal as given:
            refusal = given
            if given.code != "MFA-CODE":
                raise
    secret = services.begin_factor(by.uid, by=by, at=clock.now())
    return _show(request, "factor", refusal, secret=secret, qr=_qr(secret, queries.account(by.uid).login))
