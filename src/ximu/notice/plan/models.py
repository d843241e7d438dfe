"""The plan as imported, the readings people signed, the duties it makes and the evidence given for them."""

from __future__ import annotations

from django.db import models

from ximu.foundation.models import UID_LENGTH, UidField


class Plan(models.Model):
    """One notice with its table, known by its document number (or, without one, by its content)."""

    uid = UidField()
    title = models.CharField("标题", max_length=200, db_comment="通知标题")
    key = models.CharField("识别键", max_length=80, unique=True, db_comment="文号，没有文号时为内容摘要；重复导入据此识别")
    number = models.CharField("文号", max_length=60, blank=True, db_comment="通知文号")
    issued_on = models.DateField("印发日期", null=True, blank=True, db_comment="印发日期")
    digest = models.CharField("内容摘要", max_length=64, db_comment="首次导入时任务内容的SHA-256")
    imported_at = models.DateTimeField("导入时间", db_comment="导入时间")
    imported_by = models.CharField("导入人", max_length=UID_LENGTH, db_comment="导入人标识")

    class Meta:
        verbose_name = "任务分工"
        verbose_name_plural = verbose_name
        db_table_comment = "任务分工表：一份通知一行"

    class Privacy:
        public = ("uid", "title", "key", "number", "issued_on", "digest", "imported_at")
        internal = ("imported_by",)
        personal = ()


class PlanRow(models.Model):
    """One task as written, never edited. Units as written stand in `unit_words`; who that is on a day is asked anew."""

    uid = UidField()
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="rows", verbose_name="任务分工", db_comment="所属任务分工")
    row = models.CharField("编号", max_length=12, db_comment="M1.1、D5、S2等")
    section = models.CharField("章", max_length=2, db_comment="M机制 D领域 S保障")
    position = models.PositiveSmallIntegerField("次序", db_comment="在表中的次序")
    number = models.PositiveSmallIntegerField("序号", db_comment="原表序号")
    area = models.CharField("工作内容", max_length=200, db_comment="工作内容")
    task = models.TextField("重点任务", db_comment="重点任务原文")
    items = models.JSONField("事项", db_comment="任务拆成的事项：编号与原文")
    unit_words = models.TextField("负责单位", db_comment="负责单位原文")
    units = models.JSONField("单位表述", db_comment="拆分后的单位与集合表述及牵头配合")
    schedule_words = models.CharField("时间进度", max_length=200, db_comment="时间进度原文")
    candidates = models.JSONField("可能读法", db_comment="时间进度的各种读法及理由")
    proposed_due = models.DateField("建议期限", null=True, blank=True, db_comment="未签定读法前采用的期限")
    standing = models.BooleanField("持续实施", db_comment="是否持续实施")
    needs_reading = models.BooleanField("需定读法", db_comment="期限有歧义，须两人签定")
    check_words = models.CharField("检查考核", max_length=200, blank=True, db_comment="检查考核原文")
    inherited = models.JSONField("承接栏", db_comment="由合并单元格承接的栏目")

    class Meta:
        verbose_name = "任务"
        verbose_name_plural = verbose_name
        db_table_comment = "任务分工表的行，导入后不改"
        ordering = ["plan", "position"]
        constraints = [models.UniqueConstraint(fields=["plan", "row"], name="plan_row_unique")]

    class Privacy:
        public = ("uid", "plan", "row", "section", "position", "number", "area", "task", "items", "unit_words", "units",
                  "schedule_words", "candidates", "proposed_due", "standing", "needs_reading", "check_words", "inherited")
        internal = ()
        personal = ()


class Reading(models.Model):
    """A signed decision on how ambiguous words are read: chosen by one person, signed by another."""

    uid = UidField()
    row = models.ForeignKey(PlanRow, on_delete=models.PROTECT, related_name="readings", verbose_name="任务", db_comment="所属任务")
    due = models.DateField("期限", db_comment="读定的期限")
    reason = models.TextField("理由", db_comment="选择该读法的理由")
    chosen_at = models.DateTimeField("提出时间", db_comment="提出时间")
    chosen_by = models.CharField("提出人", max_length=UID_LENGTH, db_comment="提出人标识")
    chooser = models.CharField("提出人员", max_length=64, db_comment="提出人的人员标识，用于双人原则")
    signed_at = models.DateTimeField("签定时间", null=True, blank=True, db_comment="第二人签定时间")
    signed_by = models.CharField("签定人", max_length=UID_LENGTH, blank=True, db_comment="签定人标识")
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True, db_comment="撤回时间")
    withdrawn_by = models.CharField("撤回人", max_length=UID_LENGTH, blank=True, db_comment="撤回人标识")

    class Meta:
        verbose_name = "期限读法"
        verbose_name_plural = verbose_name
        db_table_comment = "期限读法：一人提出、另一人签定，撤回后方可另定"
        constraints = [
            models.UniqueConstraint(fields=["row"], condition=models.Q(withdrawn_at__isnull=True), name="plan_one_reading"),
            models.CheckConstraint(
                condition=models.Q(signed_at__isnull=True, signed_by="") | (models.Q(signed_at__isnull=False) & ~models.Q(signed_by="")),
                name="plan_reading_signed_pair"),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by="")
                | (models.Q(withdrawn_at__isnull=False) & ~models.Q(withdrawn_by="")),
                name="plan_reading_withdrawn_pair"),
        ]

    class Privacy:
        public = ("uid", "row", "due", "reason", "chosen_at", "signed_at", "withdrawn_at")
        internal = ("chosen_by", "chooser", "signed_by", "withdrawn_by")
        personal = ()


class Evidence(models.Model):
    """What a unit shows for a task: a file by digest, accepted or returned by another unit's reviewer, ageing."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", "待审核"
        ACCEPTED = "accepted", "已采纳"
        RETURNED = "returned", "已退回"

    uid = UidField()
    row = models.ForeignKey(PlanRow, on_delete=models.PROTECT, related_name="evidence", verbose_name="任务", db_comment="所属任务")
    unit = models.CharField("单位", max_length=UID_LENGTH, db_comment="提交单位标识")
    title = models.CharField("名称", max_length=200, db_comment="材料名称")
    digest = models.CharField("文件摘要", max_length=64, db_comment="材料文件的SHA-256")
    dated = models.DateField("材料日期", db_comment="材料所证明的日期")
    expires_on = models.DateField("有效至", db_comment="过此日不再证明持续任务")
    completes = models.BooleanField("证明完成", db_comment="是否证明限期任务已完成")
    state = models.CharField("状态", max_length=10, choices=State, default=State.SUBMITTED, db_comment="审核状态")
    submitted_at = models.DateTimeField("提交时间", db_comment="提交时间")
    submitted_by = models.CharField("提交人", max_length=UID_LENGTH, db_comment="提交人标识")
    submitter = models.CharField("提交人员", max_length=64, db_comment="提交人的人员标识，用于双人原则")
    reviewed_at = models.DateTimeField("审核时间", null=True, blank=True, db_comment="审核时间")
    reviewed_by = models.CharField("审核人", max_length=UID_LENGTH, blank=True, db_comment="审核人标识")
    reason = models.CharField("审核理由", max_length=500, blank=True, db_comment="采纳或退回的理由")

    class Meta:
        verbose_name = "进展材料"
        verbose_name_plural = verbose_name
        db_table_comment = "任务进展材料：以文件为凭，由他人审核，到期失效"
        constraints = [
            models.UniqueConstraint(fields=["row", "unit", "digest"], name="plan_evidence_once"),
            models.CheckConstraint(
                condition=models.Q(reviewed_at__isnull=True, reviewed_by="")
                | (models.Q(reviewed_at__isnull=False) & ~models.Q(reviewed_by="")),
                name="plan_evidence_reviewed_pair"),
        ]

    class Privacy:
        public = ("uid", "row", "unit", "dated", "expires_on", "completes", "state", "submitted_at", "reviewed_at")
        internal = ("title", "digest", "submitted_by", "submitter", "reviewed_by", "reason")
        personal = ()
