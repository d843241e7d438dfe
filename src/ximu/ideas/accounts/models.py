"""Accounts and grants. No superuser exists: rights come only from dated grants."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from ximu.foundation.models import UID_LENGTH, UidField


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, login: str | None) -> User:
        return self.get(login=login)


class User(AbstractBaseUser):
    """An account of one person or one program. `person` is the same for all accounts of one human."""

    uid = UidField()
    login = models.CharField("登录名", max_length=60, unique=True, db_comment="登录名，不用真实姓名")
    display_name = models.CharField("显示名", max_length=60, db_comment="显示名")
    person = models.CharField("人员标识", max_length=64, db_comment="同一自然人的全部账号相同，用于双人原则")
    unit = models.CharField("所在单位", max_length=UID_LENGTH, blank=True, db_comment="所在单位标识")
    is_active = models.BooleanField("启用", default=True, db_comment="停用后不能登录")
    created_at = models.DateTimeField("建立时间", db_comment="建立时间")
    created_by = models.CharField("建立人", max_length=UID_LENGTH, db_comment="建立人标识")

    objects = UserManager()
    USERNAME_FIELD = "login"

    class Meta:
        verbose_name = "账号"
        verbose_name_plural = verbose_name
        db_table_comment = "账号：一人或一程序一个"

    class Privacy:
        public = ()
        internal = ("uid", "unit", "is_active", "created_at", "created_by", "last_login", "person")
        personal = ("login", "display_name", "password")


class RoleGrant(models.Model):
    """A role held by an account, for a unit or (unit empty) for the city, from a time to a time."""

    uid = UidField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants", verbose_name="账号",
                             db_comment="被授权账号")
    role = models.CharField("角色", max_length=40, db_comment="角色代码")
    unit = models.CharField("单位范围", max_length=UID_LENGTH, blank=True, db_comment="空为全市")
    granted_at = models.DateTimeField("授权时间", db_comment="授权时间")
    granted_by = models.CharField("授权人", max_length=UID_LENGTH, db_comment="授权人标识")
    until = models.DateTimeField("截止", null=True, blank=True, db_comment="到期时间")
    revoked_at = models.DateTimeField("收回时间", null=True, blank=True, db_comment="收回时间")
    revoked_by = models.CharField("收回人", max_length=UID_LENGTH, blank=True, db_comment="收回人标识")

    class Meta:
        verbose_name = "授权"
        verbose_name_plural = verbose_name
        db_table_comment = "授权：角色、范围与起止"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True, revoked_by="")
                | (models.Q(revoked_at__isnull=False) & ~models.Q(revoked_by="")),
                name="grant_revoked_pair",
            ),
        ]

    class Privacy:
        public = ()
        internal = ("uid", "user", "role", "unit", "granted_at", "granted_by", "until", "revoked_at", "revoked_by")
        personal = ()
