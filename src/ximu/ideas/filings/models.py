"""Tables as declared, what units filed, and each hand-over with its commitment."""

from __future__ import annotations

from django.db import models

from ximu.foundation.models import UidField
from ximu.foundation.uid import LENGTH as UID_LENGTH


class Form(models.Model):
    """A table as declared; never edited: another declaration begins on a later day."""

    uid = UidField()
    keeper = models.CharField("制表单位", max_length=UID_LENGTH, db_comment="制定报表的单位标识")
    code = models.CharField("表号", max_length=20, db_index=True, db_comment="报表表号")
    declared = models.JSONField("报表内容", default=dict, db_comment="名称、频次、期限、填报单位、指标、勾稽关系、依据")
    since = models.DateField("起始日期", db_comment="自该日起的报告期适用")
    until = models.DateField("终止日期", null=True, blank=True, db_comment="不再适用之日，空为在用")
    entered_at = models.DateTimeField("登记时间", db_comment="登记时间")
    log_index = models.PositiveBigIntegerField("日志序号", db_index=True, db_comment="在透明日志中的序号")

    class Meta:
        verbose_name = "统计报表制度"
        verbose_name_plural = verbose_name
        db_table_comment = "统计报表：谁在何期限前报送哪些指标"
        constraints = [models.UniqueConstraint(fields=["code", "since"], name="filings_form_once")]

    class Privacy:
        public = ("uid", "code", "declared", "since", "until")
        internal = ("keeper", "entered_at", "log_index")
        personal = ()


class Filing(models.Model):
    """One table of one unit for one period; begun by the first hand-over."""

    uid = UidField()
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="filings", verbose_name="报表", db_comment="所属报表")
    unit = models.CharField("填报单位", max_length=UID_LENGTH, db_index=True, db_comment="填报单位标识")
    unit_name = models.CharField("单位名称", max_length=120, db_comment="报告期末的单位名称")
    period = models.CharField("报告期", max_length=8, db_comment="报告期，如2018-Q1")
    due = models.DateField("期限", db_comment="报送期限，按工作日顺延")
    state = models.CharField("状态", max_length=8, db_comment="待审核、待签批、已签批、已退回")

    class Meta:
        verbose_name = "报送的报表"
        verbose_name_plural = verbose_name
        db_table_comment = "一个单位一个报告期的一张报表"
        constraints = [models.UniqueConstraint(fields=["form", "unit", "period"], name="filings_filing_once")]

    class Privacy:
        public = ("uid", "form", "unit", "unit_name", "period", "due", "state")
        internal = ()
        personal = ()


class Hand(models.Model):
    """A hand-over: figures as they were given on, by whom, and what the log took of it."""

    uid = UidField()
    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="hands", verbose_name="报表", db_comment="所属的报送报表")
    number = models.PositiveSmallIntegerField("环节序号", db_comment="从1起")
    version = models.PositiveSmallIntegerField("版次", db_comment="每次填报或更正加一")
    verb = models.CharField("环节", max_length=8, db_comment="填报、审核、签批、退回、更正")
    at = models.DateTimeField("时间", db_comment="交接时间")
    by = models.CharField("经手账号", max_length=64, db_comment="经手人的账号标识（假名）")
    person = models.CharField("经手人员", max_length=64, db_comment="经手人的人员标识，用于三人分离")
    content = models.JSONField("数据", default=dict, db_comment="各指标数值、原始记录、台账、缺数原因")
    note = models.CharField("说明", max_length=400, blank=True, db_comment="退回或更正的理由")
    notice = models.CharField("更正通知文号", max_length=60, blank=True, db_comment="更正通知的文号")
    paper = models.CharField("更正通知摘要", max_length=64, blank=True, db_comment="更正通知文件的SHA-256")
    before = models.CharField("上一环节承诺值", max_length=64, blank=True, db_comment="上一环节的承诺值，首个环节为空")
    salt = models.BinaryField("盐", db_comment="承诺所用随机盐，32字节")
    commitment = models.CharField("承诺值", max_length=64, db_comment="加盐的内容摘要，已写入透明日志")
    log_index = models.PositiveBigIntegerField("日志序号", db_index=True, db_comment="在透明日志中的序号")

    class Meta:
        verbose_name = "数据交接"
        verbose_name_plural = verbose_name
        db_table_comment = "统计数据每次交接：数据、经手、承诺值"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["filing", "number"], name="filings_hand_once")]

    class Privacy:
        public = ("uid", "number", "version", "verb", "at", "by", "content", "notice", "paper", "before", "commitment", "log_index")
        internal = ("filing", "person", "note", "salt")
        personal = ()
