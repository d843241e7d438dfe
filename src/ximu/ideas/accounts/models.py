"""Accounts and grants. No superuser exists: rights come only from dated grants."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

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
    one_time = models.BooleanField("一次性口令", default=True, db_comment="首次登录须更换口令")
    password_set_at = models.DateTimeField("口令设置时间", null=True, blank=True, db_comment="口令设置时间，用于定期更换")
    stamp = models.PositiveIntegerField("会话序号", default=0, db_comment="角色变动时加一，使已有会话失效")

    objects = UserManager()
    USERNAME_FIELD = "login"

    class Meta:
        verbose_name = "账号"
        verbose_name_plural = verbose_name
        db_table_comment = "账号：一人或一程序一个"

    class Privacy:
        public = ()
        internal = ("uid", "unit", "is_active", "created_at", "created_by", "last_login", "person", "one_time",
                    "password_set_at", "stamp")
        personal = ("login", "display_name", "password")

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django compares this with the session: it changes with the password and with each change of rights."""
        salt = "ximu.ideas.accounts.session"
        return salted_hmac(salt, f"{self.password}:{self.stamp}", secret=secret, algorithm="sha256").hexdigest()


class PastPassword(models.Model):
    """A password that was used before, hashed, so that it is not used again at once."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="past_passwords", verbose_name="账号", db_comment="账号")
    hash = models.CharField("口令散列", max_length=256, db_comment="加盐慢散列，不可还原")
    set_at = models.DateTimeField("设置时间", db_comment="设置时间")

    class Meta:
        verbose_name = "历史口令"
        verbose_name_plural = verbose_name
        db_table_comment = "历史口令散列，防止重复使用"

    class Privacy:
        public = ()
        internal = ("user", "set_at")
        personal = ("hash",)


class SecondFactor(models.Model):
    """A TOTP secret (RFC 6238), sealed by a key outside the database. It counts once confirmed."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="second_factor", verbose_name="账号", db_comment="账号")
    sealed = models.CharField("加密密钥", max_length=200, db_comment="加密保存的动态口令密钥")
    created_at = models.DateTimeField("生成时间", db_comment="生成时间")
    confirmed_at = models.DateTimeField("启用时间", null=True, blank=True, db_comment="首次验证通过的时间")
    last_step = models.BigIntegerField("最近步", default=0, db_comment="最近用过的时间步，同一动态口令不得重用")

    class Meta:
        verbose_name = "第二因素"
        verbose_name_plural = verbose_name
        db_table_comment = "第二因素：动态口令"

    class Privacy:
        public = ()
        internal = ("user", "created_at", "confirmed_at", "last_step")
        personal = ("sealed",)


class RecoveryCode(models.Model):
    """A code for the day when the telephone is lost; each works once."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="recovery_codes", verbose_name="账号", db_comment="账号")
    digest = models.CharField("恢复码散列", max_length=64, db_comment="恢复码的散列")
    used_at = models.DateTimeField("使用时间", null=True, blank=True, db_comment="使用时间")

    class Meta:
        verbose_name = "恢复码"
        verbose_name_plural = verbose_name
        db_table_comment = "恢复码：每个只能用一次"

    class Privacy:
        public = ()
        internal = ("user", "used_at")
        personal = ("digest",)


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


class ApiKey(models.Model):
    """A key with which an organisation's program acts. `keeper` is the person who answers for it."""

    uid = UidField()
    prefix = models.CharField("前缀", max_length=12, unique=True, db_comment="密钥的公开前缀，用于查找")
    digest = models.CharField("散列", max_length=64, db_comment="密钥散列；密钥只在签发时显示一次")
    label = models.CharField("用途", max_length=60, db_comment="用途说明")
    keeper = models.ForeignKey(User, on_delete=models.PROTECT, related_name="keys", verbose_name="责任人", db_comment="责任人账号")
    role = models.CharField("角色", max_length=40, db_comment="角色代码")
    unit = models.CharField("单位范围", max_length=UID_LENGTH, blank=True, db_comment="空为全市")
    issued_at = models.DateTimeField("签发时间", db_comment="签发时间")
    issued_by = models.CharField("签发人", max_length=UID_LENGTH, db_comment="签发人标识")
    until = models.DateTimeField("截止", db_comment="到期时间")
    revoked_at = models.DateTimeField("吊销时间", null=True, blank=True, db_comment="吊销时间")
    revoked_by = models.CharField("吊销人", max_length=UID_LENGTH, blank=True, db_comment="吊销人标识")

    class Meta:
        verbose_name = "接口密钥"
        verbose_name_plural = verbose_name
        db_table_comment = "接口密钥：按单位签发"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True, revoked_by="")
                | (models.Q(revoked_at__isnull=False) & ~models.Q(revoked_by="")),
                name="apikey_revoked_pair",
            ),
        ]

    class Privacy:
        public = ()
        internal = ("uid", "prefix", "label", "keeper", "role", "unit", "issued_at", "issued_by", "until", "revoked_at", "revoked_by")
        personal = ("digest",)


class AuditEntry(models.Model):
    """Who did what, to which object, with which result (GB/T 22239-2019 8.1.4.3). Added, never changed."""

    at = models.DateTimeField("时间", db_index=True, db_comment="发生时间")
    actor = models.CharField("行为人", max_length=UID_LENGTH, db_index=True, db_comment="账号或密钥标识")
    roles = models.CharField("角色", max_length=200, blank=True, db_comment="当时的角色代码")
    unit = models.CharField("单位", max_length=UID_LENGTH, blank=True, db_comment="当时的单位标识")
    channel = models.CharField("渠道", max_length=10, db_comment="控制台、接口、命令行")
    act = models.CharField("行为", max_length=80, db_index=True, db_comment="行为代码")
    object = models.CharField("对象", max_length=80, blank=True, db_index=True, db_comment="对象标识，不含个人信息")
    purpose = models.CharField("用途", max_length=200, blank=True, db_comment="查询用途")
    result = models.CharField("结果", max_length=40, db_comment="ok 或拒绝代码")
    source = models.CharField("来源", max_length=45, blank=True, db_comment="来源地址，仅限工作人员")

    class Meta:
        verbose_name = "审计"
        verbose_name_plural = verbose_name
        db_table_comment = "审计：只增不改"

    class Privacy:
        public = ()
        internal = ("at", "actor", "roles", "unit", "channel", "act", "object", "purpose", "result", "source")
        personal = ()

    def save(self, *args: object, **kwargs: object) -> None:
        if not self._state.adding:
            raise TypeError("an audit entry is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise TypeError("an audit entry is never removed")
