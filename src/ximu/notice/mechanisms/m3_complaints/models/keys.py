"""Who can open which report: people's keys under their own passphrases, offices' keys boxed for people, reports' keys boxed for offices."""

from __future__ import annotations

from django.db import models

from ximu.foundation.models import UID_LENGTH, UidField
from ximu.notice.mechanisms.m3_complaints.models.reports import Report


class Keeper(models.Model):
    """A handler's own pair of keys: the secret half lies under a passphrase that is stored nowhere."""

    uid = UidField()
    person = models.CharField("人员", max_length=64, unique=True, db_comment="人员标识")
    account = models.CharField("账号", max_length=64, db_comment="账号标识")
    public = models.CharField("公钥", max_length=64, db_comment="X25519公钥")
    sealed = models.TextField("私钥", db_comment="私钥，用由本人口令得出的密钥加密；口令不保存")
    salt = models.CharField("盐", max_length=32, db_comment="口令散列的盐")
    day = models.DateField("日期", db_comment="设立日期")

    class Meta:
        verbose_name = "收件人密钥"
        verbose_name_plural = verbose_name
        db_table_comment = "收件人密钥：私钥只有本人的口令能打开"

    class Privacy:
        public = ()
        internal = ("uid", "person", "account", "public", "sealed", "salt", "day")
        personal = ()


class OfficeKey(models.Model):
    """The pair of keys of an office that handles reports; the secret half is nowhere but in its seats and on three slips of paper."""

    uid = UidField()
    unit = models.CharField("单位", max_length=UID_LENGTH, unique=True, db_comment="承办单位标识")
    public = models.CharField("公钥", max_length=64, db_comment="X25519公钥")
    day = models.DateField("日期", db_comment="设立或更换日期")

    class Meta:
        verbose_name = "单位收件密钥"
        verbose_name_plural = verbose_name
        db_table_comment = "单位收件密钥：私钥只在各席位和三份纸质恢复单中"

    class Privacy:
        public = ()
        internal = ("uid", "unit", "public", "day")
        personal = ()


class Seat(models.Model):
    office = models.ForeignKey(OfficeKey, on_delete=models.PROTECT, related_name="seats", verbose_name="单位密钥",
                               db_comment="单位收件密钥")
    keeper = models.ForeignKey(Keeper, on_delete=models.PROTECT, related_name="seats", verbose_name="收件人", db_comment="收件人密钥")
    sealed = models.TextField("单位私钥", db_comment="单位私钥，只有该收件人的私钥能打开")

    class Meta:
        verbose_name = "席位"
        verbose_name_plural = verbose_name
        db_table_comment = "席位：能打开单位收件密钥的收件人"
        constraints = [models.UniqueConstraint(fields=["office", "keeper"], name="m3_seat_once")]

    class Privacy:
        public = ()
        internal = ("office", "keeper", "sealed")
        personal = ()


class Wrap(models.Model):
    """A report's key for an office; without an office it lies under the server's key until the handler has one of its own."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="wraps", verbose_name="举报", db_comment="所属举报")
    office = models.ForeignKey(OfficeKey, on_delete=models.PROTECT, null=True, blank=True, related_name="wraps", verbose_name="单位密钥",
                               db_comment="单位收件密钥，空为暂由服务器密钥保管")
    sealed = models.TextField("本件密钥", db_comment="本件密钥，只有该单位的私钥（或服务器密钥）能打开")

    class Meta:
        verbose_name = "举报密钥"
        verbose_name_plural = verbose_name
        db_table_comment = "举报密钥：本件密钥分别封给各承办单位"
        constraints = [models.UniqueConstraint(fields=["report", "office"], name="m3_wrap_once"),
                       models.UniqueConstraint(fields=["report"], condition=models.Q(office=None), name="m3_wrap_bare_once")]

    class Privacy:
        public = ()
        internal = ("report", "office", "sealed")
        personal = ()
