"""Who answers for which step of a unit's purchases, challenges and disputes; the releases themselves lie in the event store."""

from __future__ import annotations

from django.db import models

from ximu.foundation.models import UID_LENGTH, UidField


class Challenge(models.Model):
    """A challenge to the buyer or a complaint to its supervisor, by a document, and how it ended. Who raised it is not kept here."""

    uid = UidField()
    unit = models.CharField("采购人", max_length=UID_LENGTH, db_index=True, db_comment="采购人单位标识")
    ocid = models.CharField("采购过程", max_length=120, db_index=True, db_comment="采购过程标识ocid")
    kind = models.CharField("类别", max_length=12, db_comment="challenge质疑、complaint投诉")
    raised_on = models.DateField("收到", db_comment="收到质疑或投诉的日期")
    basis = models.CharField("依据", max_length=120, db_comment="质疑函或投诉书文号")
    decided_on = models.DateField("办结", null=True, blank=True, db_comment="答复或决定日期，空为未办结")
    outcome = models.CharField("结果", max_length=12, blank=True, default="", db_comment="办理结果代码，空为未办结")
    decision = models.CharField("文书", max_length=120, blank=True, default="", db_comment="答复或处理决定文号")
    recorded_at = models.DateTimeField("登记时间", db_comment="登记时间")
    recorded_by = models.CharField("登记人", max_length=UID_LENGTH, db_comment="登记人标识")
    decided_at = models.DateTimeField("办结登记时间", null=True, blank=True, db_comment="办结登记时间")
    decided_by = models.CharField("办结登记人", max_length=UID_LENGTH, blank=True, default="", db_comment="办结登记人标识")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, blank=True, db_comment="登记在透明日志中的序号")
    decided_index = models.PositiveBigIntegerField("办结日志序号", null=True, blank=True, db_comment="办结在透明日志中的序号")

    class Meta:
        verbose_name = "质疑投诉"
        verbose_name_plural = verbose_name
        db_table_comment = "对采购的质疑与投诉"
        constraints = [
            models.UniqueConstraint(fields=["ocid", "kind", "basis"], name="d01_one_challenge"),
            models.CheckConstraint(condition=models.Q(decided_on=None) | models.Q(decided_on__gte=models.F("raised_on")),
                                   name="d01_challenge_order"),
        ]

    class Privacy:
        public = ("uid", "unit", "ocid", "kind", "raised_on", "decided_on", "outcome")
        internal = ("basis", "decision", "recorded_at", "recorded_by", "decided_at", "decided_by", "log_index", "decided_index")
        personal = ()


class Dispute(models.Model):
    """Whether a payment is owed is before a court, an arbitrator or a mediator: from a day, by a document, until it is over."""

    uid = UidField()
    unit = models.CharField("采购人", max_length=UID_LENGTH, db_index=True, db_comment="采购人单位标识")
    ocid = models.CharField("采购过程", max_length=120, db_index=True, db_comment="采购过程标识ocid")
    contract = models.CharField("合同", max_length=120, db_comment="合同标识")
    milestone = models.CharField("付款节点", max_length=120, db_comment="付款节点标识")
    since = models.DateField("自", db_comment="争议起始日")
    until = models.DateField("至", null=True, blank=True, db_comment="争议终结日，空为未终结")
    basis = models.CharField("依据", max_length=120, db_comment="受理文书（法院、仲裁、调解）")
    outcome = models.CharField("结果", max_length=8, blank=True, default="", db_comment="owed应付、free不应付，空为未终结")
    ending = models.CharField("终结文书", max_length=120, blank=True, default="", db_comment="终结争议的文书")
    recorded_at = models.DateTimeField("登记时间", db_comment="登记时间")
    recorded_by = models.CharField("登记人", max_length=UID_LENGTH, db_comment="登记人标识")
    ended_at = models.DateTimeField("终结登记时间", null=True, blank=True, db_comment="终结登记时间")
    ended_by = models.CharField("终结登记人", max_length=UID_LENGTH, blank=True, default="", db_comment="终结登记人标识")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, blank=True, db_comment="登记在透明日志中的序号")
    ended_index = models.PositiveBigIntegerField("终结日志序号", null=True, blank=True, db_comment="终结在透明日志中的序号")

    class Meta:
        verbose_name = "付款争议"
        verbose_name_plural = verbose_name
        db_table_comment = "付款节点上的争议"
        constraints = [
            models.UniqueConstraint(fields=["ocid", "contract", "milestone"], condition=models.Q(until=None), name="d01_one_dispute"),
            models.CheckConstraint(condition=models.Q(until=None) | models.Q(until__gte=models.F("since")), name="d01_dispute_order"),
        ]

    class Privacy:
        public = ()
        internal = ("uid", "unit", "ocid", "contract", "milestone", "since", "until", "basis", "outcome", "ending", "recorded_at",
                    "recorded_by", "ended_at", "ended_by", "log_index", "ended_index")
        personal = ()


class Responsible(models.Model):
    uid = UidField()
    unit = models.CharField("采购人", max_length=UID_LENGTH, db_index=True, db_comment="采购人单位标识")
    step = models.CharField("环节", max_length=12, db_comment="采购环节代码")
    post = models.CharField("岗位", max_length=UID_LENGTH, db_comment="负责岗位标识")
    since = models.DateField("自", db_comment="负责起始日")
    until = models.DateField("至", null=True, blank=True, db_comment="负责截止日，空为现任")
    basis = models.CharField("依据", max_length=120, db_comment="指定负责岗位的文件")
    assigned_at = models.DateTimeField("登记时间", db_comment="登记时间")
    assigned_by = models.CharField("登记人", max_length=UID_LENGTH, db_comment="登记人标识")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, blank=True, db_comment="登记在透明日志中的序号")

    class Meta:
        verbose_name = "采购责任"
        verbose_name_plural = verbose_name
        db_table_comment = "采购各环节的负责岗位"
        constraints = [
            models.UniqueConstraint(fields=["unit", "step"], condition=models.Q(until=None), name="d01_one_responsible"),
            models.CheckConstraint(condition=models.Q(until=None) | models.Q(until__gte=models.F("since")), name="d01_responsible_order"),
        ]

    class Privacy:
        public = ("unit", "step", "post", "since", "until", "basis")
        internal = ("uid", "assigned_at", "assigned_by", "log_index")
        personal = ()
