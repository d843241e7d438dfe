"""The codes handed to applicants, ratings with how a poor one is followed, and bursts that are held."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from ximu.foundation.models import UID_LENGTH, UidField


class Code(models.Model):
    """A code in an applicant's hand. One for each person and case; a new one puts the old out of use."""

    code = models.CharField("评价码散列", max_length=64, unique=True, db_comment="评价码的慢散列，密钥在库外")
    case = models.CharField("办件编号", max_length=64, db_comment="政务服务办件编号")
    person = models.CharField("评价人印记", max_length=64, unique=True, db_comment="办件与评价人的带密钥摘要，库内不能还原")
    window = models.CharField("评价渠道", max_length=20, db_comment="评价渠道编号，在报送点名册中")
    source = models.CharField("来源印记", max_length=64, db_comment="来源的带密钥摘要：渠道，实名平台则为账号")
    issued_at = models.DateTimeField("发码时间", db_comment="发码时间")
    issued_by = models.CharField("发码人", max_length=UID_LENGTH, db_comment="发码人或密钥标识")

    class Meta:
        verbose_name = "评价码"
        verbose_name_plural = verbose_name
        db_table_comment = "评价码：申请人不用账号凭码评价，库内没有原码"

    class Privacy:
        public = ()
        internal = ("code", "case", "person", "window", "source", "issued_at", "issued_by")
        personal = ()


class Burst(models.Model):
    """Many ratings from one source in a short time: held until two other people have looked."""

    uid = UidField()
    source = models.CharField("来源印记", max_length=64, db_index=True, db_comment="来源的带密钥摘要")
    window = models.CharField("评价渠道", max_length=20, db_comment="评价渠道编号，在报送点名册中")
    state = models.CharField("状态", max_length=8, default="held", db_comment="held待审查、released恢复计入、void剔除")
    case = models.CharField("办件", max_length=UID_LENGTH, blank=True, default="", db_comment="审查的办件标识")
    held_at = models.DateTimeField("暂扣时间", db_comment="首次暂扣的时间")
    decided_at = models.DateTimeField("决定时间", null=True, db_comment="决定时间，空为未决定")

    class Meta:
        verbose_name = "暂扣评价"
        verbose_name_plural = verbose_name
        db_table_comment = "短时间内来自同一来源的大量评价：暂扣，两人审查后恢复或剔除"
        constraints = [models.UniqueConstraint(fields=["source"], condition=Q(state="held"), name="d11_one_open_burst")]

    class Privacy:
        public = ()
        internal = ("uid", "source", "window", "state", "case", "held_at", "decided_at")
        personal = ()


class Rating(models.Model):
    """One person's rating of one case, who stands nowhere; words and contact sealed; `state` … `title` are set for figures."""

    state: str
    on: date
    link: str
    title: str

    uid = UidField()
    case = models.CharField("办件编号", max_length=64, db_index=True, db_comment="政务服务办件编号")
    item = models.CharField("事项名称", max_length=300, db_comment="政务服务事项名称")
    unit = models.CharField("承办单位", max_length=UID_LENGTH, db_index=True, db_comment="承办单位标识")
    person = models.CharField("评价人印记", max_length=64, unique=True, db_comment="办件与评价人的带密钥摘要，库内不能还原；一人一件一评")
    window = models.CharField("评价渠道", max_length=20, db_comment="评价渠道编号，在报送点名册中")
    number = models.CharField("评价编号", max_length=64, null=True, db_comment="渠道自己的编号，重复报送据此识别")
    source = models.CharField("来源印记", max_length=64, db_comment="来源的带密钥摘要：渠道，实名平台则为账号")
    level = models.PositiveSmallIntegerField("评价等级", db_comment="5非常满意至1非常不满意")
    aspects = models.JSONField("分项评价", default=dict, db_comment="二级指标及等级")
    words = models.TextField("评价内容", blank=True, default="", db_comment="评价内容（加密）")
    contact = models.TextField("联系方式", blank=True, default="", db_comment="联系方式（加密），只供回访")
    way = models.CharField("方式", max_length=6, db_comment="评价方式：推送、文件、评价码")
    rated_at = models.DateTimeField("评价时间", db_comment="评价时间")
    received_at = models.DateTimeField("收到时间", db_comment="收到时间")
    received_by = models.CharField("送达人", max_length=UID_LENGTH, db_comment="送达人或密钥标识")
    burst = models.ForeignKey(Burst, on_delete=models.PROTECT, null=True, related_name="ratings", verbose_name="暂扣",
                              db_comment="所属暂扣，空为没有暂扣")
    followed = models.CharField("整改办件", max_length=UID_LENGTH, blank=True, default="", db_index=True, db_comment="差评整改的办件标识")
    contact_due = models.DateField("联系期限", null=True, db_comment="差评联系期限末日")
    contacted_on = models.DateField("联系日期", null=True, db_comment="首次联系评价人的日期")
    fix_due = models.DateField("整改期限", null=True, db_comment="首次整改期限末日，退回重办不变")
    fixed_on = models.DateField("整改日期", null=True, db_comment="最近一次报告整改完成的日期，被退回则清空")
    closed_on = models.DateField("办结日期", null=True, db_comment="差评办结日期")
    closed_as = models.CharField("办结方式", max_length=10, blank=True, default="", db_comment="确认、核实或申诉成立")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, db_comment="在透明日志中的序号")

    class Meta:
        verbose_name = "好差评"
        verbose_name_plural = verbose_name
        db_table_comment = "政务服务好差评：与办件绑定，一人一件一评"
        indexes = [models.Index(fields=["source", "rated_at"], name="d11_source_at"),
                   models.Index(fields=["rated_at"], name="d11_rated_at"), models.Index(fields=["log_index"], name="d11_logged")]
        constraints = [
            models.UniqueConstraint(fields=["window", "number"], name="d11_number_once"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="d11_five_levels"),
            models.CheckConstraint(condition=Q(closed_on=None, closed_as="") | (Q(closed_on__isnull=False) & ~Q(closed_as="")),
                                   name="d11_closed"),
        ]

    class Privacy:
        public = ()
        internal = ("uid", "case", "item", "unit", "person", "window", "number", "source", "level", "aspects", "way", "rated_at",
                    "received_at", "received_by", "burst", "followed", "contact_due", "contacted_on", "fix_due", "fixed_on", "closed_on",
                    "closed_as", "log_index")
        personal = ("words", "contact")
