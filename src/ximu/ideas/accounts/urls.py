"""Paths beneath /console/accounts/."""

from __future__ import annotations

from django.urls import path

from ximu.ideas.accounts.views import desk, door

app_name = "accounts"
urlpatterns = [
    path("", desk.index, name="index"),
    path("open", desk.open_account, name="open"),
    path("me", desk.me, name="me"),
    path("password", door.password, name="password"),
    path("factor", door.factor, name="factor"),
    path("roles", desk.roles, name="roles"),
    path("audit", desk.audit, name="audit"),
    path("keys", desk.keys, name="keys"),
    path("keys/<str:uid>/revoke", desk.revoke_key, name="key-revoke"),
    path("grants/<str:uid>/revoke", desk.revoke, name="revoke"),
    path("<str:uid>", desk.detail, name="detail"),
    path("<str:uid>/act", desk.act, name="act"),
    path("<str:uid>/grant", desk.grant, name="grant"),
    path("<str:uid>/key", desk.issue_key, name="key-issue"),
]
