"""Limits that the city changed, calendars that it loaded, and keys of calendar feeds."""

from __future__ import annotations

from django.db import models

from ximu.foundation.models import UID_LENGTH, UidField


class Parameter(models.Model):
    """A dated value beside those of `parameters.toml`; never changed, only followed by a later one."""

    log_index = models.BigIntegerField("日志序号", primary_key=True, db_comment="本参数在日志中的条目序号")
    code = models.CharField("代码", max_length=40, db_comment="参数代码")
    since = models.DateField("施行日", db_comment="自何日起适用")
    value = models.IntegerField("数值", db_comment="数值")
    unit = models.CharField("单位", max_length=16, db_comment="工作日、自然日、月或件数")
    source = models.CharField("依据", max_length=300, db_comment="依据文件")
    sure = models.BooleanField("已核定", db_comment="是否已核定，否为待核定")
    by = models.CharField("设定人", max_length=64, db_comment="设定人的化名标识")
    at = models.DateTimeField("设定时间", db_comment="设定时间")

    class Meta:
        verbose_name = "期限参数"
        verbose_name_plural = verbose_name
        db_table_comment = "期限参数：按施行日取用，只增不改"
        constraints = [models.UniqueConstraint(fields=["code", "since"], name="parameter_once_a_day")]

    class Privacy:
        public = ("code", "since", "value", "unit", "source", "sure")
        internal = ("log_index", "by", "at")
        personal = ()


class YearCalendar(models.Model):
    """One year's days off and make-up days, loaded from a file."""

    log_index = models.BigIntegerField("日志序号", primary_key=True, db_comment="本年历在日志中的条目序号")
    year = models.IntegerField("年份", db_comment="年份")
    off = models.JSONField("放假", db_comment="放假日与名称")
    work = models.JSONField("上班", db_comment="调休上班日与名称")
    source = models.CharField("依据", max_length=300, db_comment="依据文件")
    digest = models.CharField("摘要", max_length=64, db_comment="所载文件的SHA-256")
    by = models.CharField("载入人", max_length=64, db_comment="载入人的化名标识")
    at = models.DateTimeField("载入时间", db_comment="载入时间")

    class Meta:
        verbose_name = "年历"
        verbose_name_plural = verbose_name
        db_table_comment = "年历：由管理员载入的放假调休安排，后载者为准"
        constraints = [models.UniqueConstraint(fields=["year", "digest"], name="calendar_once")]

    class Privacy:
        public = ("year", "off", "work", "source", "digest")
        internal = ("log_index", "by", "at")
        personal = ()


class FeedKey(models.Model):
    """The key of one account's iCalendar feed; only its digest is kept."""

    uid = UidField()
    human = models.CharField("持有账号", max_length=64, unique=True, db_comment="持有账号的标识")
    unit = models.CharField("单位", max_length=UID_LENGTH, blank=True, db_comment="签发时所在单位标识")
    digest = models.CharField("摘要", max_length=64, unique=True, db_comment="密钥的SHA-256")
    at = models.DateTimeField("签发时间", db_comment="签发时间，重发即作废旧钥")

    class Meta:
        verbose_name = "日历订阅密钥"
        verbose_name_plural = verbose_name
        db_table_comment = "日历订阅密钥：只存摘要"

    class Privacy:
        public = ()
        internal = ("uid", "human", "unit", "digest", "at")
        personal = ()
