"""Letters of responsibility, checks of figures, and cases of fabrication."""

from __future__ import annotations

from django.db import models

from ximu.foundation.models import UidField
from ximu.foundation.uid import LENGTH as UID_LENGTH


class Pledge(models.Model):
    """A letter of responsibility that the holder of a post signed."""

    uid = UidField()
    unit = models.CharField("单位", max_length=UID_LENGTH, db_index=True, db_comment="单位标识")
    post = models.CharField("岗位", max_length=UID_LENGTH, db_index=True, db_comment="岗位标识，取自名录")
    signed_on = models.DateField("签订日期", db_comment="签订日期")
    until = models.DateField("有效期至", null=True, blank=True, db_comment="空为任期内有效")
    paper = models.CharField("责任书摘要", max_length=64, db_comment="责任书文件的SHA-256")
    entered_at = models.DateTimeField("登记时间", db_comment="登记时间")
    log_index = models.PositiveBigIntegerField("日志序号", db_index=True, db_comment="在透明日志中的序号")

    class Meta:
        verbose_name = "统计责任书"
        verbose_name_plural = verbose_name
        db_table_comment = "防范和惩治统计造假责任书：单位、岗位、日期"
        constraints = [models.UniqueConstraint(fields=["post", "signed_on"], name="d15_pledge_once")]

    class Privacy:
        public = ("uid", "unit", "post", "signed_on", "until")
        internal = ("paper", "entered_at", "log_index")
        personal = ()


class Check(models.Model):
    """What an inspection found for one figure: as reported, as checked, and whether record and ledger were there."""

    uid = UidField()
    filing = models.CharField("报表", max_length=UID_LENGTH, db_index=True, db_comment="所查报送报表的标识")
    figure = models.CharField("指标", max_length=20, db_comment="所查指标代码")
    reported = models.DecimalField("填报数", max_digits=20, decimal_places=2, db_comment="核查时已签批的数")
    checked = models.DecimalField("核查数", max_digits=20, decimal_places=2, db_comment="核查认定的数")
    traced = models.BooleanField("记录台账可查", db_comment="原始记录和台账是否可查")
    checked_on = models.DateField("核查日期", db_comment="核查日期")
    document = models.CharField("核查文号", max_length=60, db_comment="核查记录文号")
    paper = models.CharField("核查记录摘要", max_length=64, db_comment="核查记录文件的SHA-256")
    person = models.CharField("核查人员", max_length=64, db_comment="登记人的人员标识，用于分离")
    entered_at = models.DateTimeField("登记时间", db_comment="登记时间")
    salt = models.BinaryField("盐", db_comment="承诺所用随机盐，32字节")
    log_index = models.PositiveBigIntegerField("日志序号", db_index=True, db_comment="在透明日志中的序号")

    class Meta:
        verbose_name = "数据核查"
        verbose_name_plural = verbose_name
        db_table_comment = "统计数据核查：填报数、核查数、记录是否可查"
        constraints = [models.UniqueConstraint(fields=["filing", "figure", "document"], name="d15_check_once")]

    class Privacy:
        public = ("uid",)
        internal = ("filing", "figure", "reported", "checked", "traced", "checked_on", "document", "paper", "person", "entered_at", "salt",
                    "log_index")
        personal = ()


class Finding(models.Model):
    """A case of fabrication, stood up by a check. How it goes on lies in its case; its days and its delivery stand here too."""

    uid = UidField()
    check_of = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="findings", verbose_name="核查", db_comment="所据的核查")
    unit = models.CharField("责任单位", max_length=UID_LENGTH, db_index=True, db_comment="责任单位标识")
    offence = models.CharField("违法类型", max_length=32, db_comment="统计违法类型，取自数据项TJ-WF")
    text = models.CharField("事实", max_length=1000, db_comment="认定的事实")
    found_at = models.DateTimeField("立案时间", db_comment="立案时间")
    case = models.CharField("办件", max_length=UID_LENGTH, blank=True, db_comment="办理的办件标识")
    upheld = models.BooleanField("已认定", null=True, blank=True, db_comment="空为未决定")
    decided_on = models.DateField("决定日期", null=True, blank=True, db_comment="处理决定日期")
    document = models.CharField("决定文号", max_length=64, blank=True, db_comment="处理决定文号")
    behaviour = models.CharField("行为代码", max_length=40, blank=True, db_comment="行为清单代码")
    grade = models.CharField("等级", max_length=4, blank=True, db_comment="失信等级")
    act_on = models.DateField("行为日期", null=True, blank=True, db_comment="行为发生日")
    final_on = models.DateField("生效日期", null=True, blank=True, db_comment="复议诉讼期满或维持之日，空为未生效")
    delivery = models.CharField("报送批次", max_length=UID_LENGTH, blank=True, db_comment="作为数据项TJ-WF报送的批次")

    class Meta:
        verbose_name = "统计造假案件"
        verbose_name_plural = verbose_name
        db_table_comment = "统计违法案件：所据核查、决定、生效、报送"

    class Privacy:
        public = ("uid",)
        internal = ("check_of", "unit", "offence", "text", "found_at", "case", "upheld", "decided_on", "document", "behaviour", "grade",
                    "act_on", "final_on", "delivery")
        personal = ()
