"""Versions of the scale of credit evaluation in tendering, and the day from which each is in force."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ximu.foundation.models import UID_LENGTH, UidField


class Standard(models.Model):
    """A version of the scale and the day from which it is in force; its text lies with the methods of assessment."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待发布"
        PUBLISHED = "published", "已发布"
        REFUSED = "refused", "不予发布"

    uid = UidField()
    method = models.CharField("方法", max_length=UID_LENGTH, unique=True, db_comment="评价方法版本标识（assessment）")
    version = models.CharField("版本", max_length=40, db_comment="标准版本")
    since = models.DateField("施行日期", db_comment="自何日起施行，至下一版施行前")
    state = models.CharField("状态", max_length=9, choices=State, default=State.PROPOSED, db_comment="待发布、已发布、不予发布")
    proposed_at = models.DateTimeField("提出时间", db_comment="提出时间")
    proposer = models.CharField("提出人员", max_length=64, db_comment="提出人的人员标识，用于双人原则")
    resolution = models.CharField("发布文号", max_length=100, blank=True, db_comment="发布所依据的文号")
    published_at = models.DateTimeField("发布时间", null=True, blank=True, db_comment="发布或不予发布的时间")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, blank=True, db_comment="发布在透明日志中的序号")

    class Meta:
        verbose_name = "招标投标信用评价标准"
        verbose_name_plural = verbose_name
        db_table_comment = "招标投标信用评价标准：版本与施行日期，双人发布；全文在评价方法版本"
        constraints = [models.UniqueConstraint(fields=["since"], condition=~Q(state="refused"), name="d03_standard_since")]

    class Privacy:
        public = ("uid", "method", "version", "since", "state", "resolution", "published_at", "log_index")
        internal = ("proposed_at", "proposer")
        personal = ()
