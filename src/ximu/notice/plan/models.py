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


class Check(models.Model):
    """A mid-year or year-end check: self-reports until it is frozen, findings on what was frozen, two signatures."""

    uid = UidField()
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="checks", verbose_name="任务分工", db_comment="所属任务分工")
    year = models.PositiveSmallIntegerField("年度", db_comment="年度")
    half = models.CharField("种类", max_length=3, db_comment="mid年中检查 end年底考核")
    as_of = models.DateField("基准日", db_comment="检查所看的日期")
    state = models.CharField("状态", max_length=6, default="open", db_comment="open自查 frozen冻结核查 closed已签署")
    opened_at = models.DateTimeField("开始时间", db_comment="开始时间")
    opened_by = models.CharField("开始人", max_length=UID_LENGTH, db_comment="开始人标识")
    frozen_at = models.DateTimeField("冻结时间", null=True, blank=True, db_comment="冻结时间，此后的报送留待下次")
    inputs = models.JSONField("冻结内容", default=dict, db_comment="冻结的任务、职责、证据与自查")
    digest = models.CharField("摘要", max_length=64, blank=True, db_comment="冻结内容的SHA-256")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, blank=True, db_comment="冻结在透明日志中的序号")
    signer = models.CharField("第一签署人", max_length=64, blank=True, db_comment="第一签署人的人员标识")
    signed_at = models.DateTimeField("第一签署时间", null=True, blank=True, db_comment="第一签署时间")
    second = models.CharField("第二签署人", max_length=64, blank=True, db_comment="第二签署人的人员标识")
    closed_at = models.DateTimeField("签署完成时间", null=True, blank=True, db_comment="第二人签署时间")

    class Meta:
        verbose_name = "检查考核"
        verbose_name_plural = verbose_name
        db_table_comment = "年中检查与年底考核：冻结、核查、两人签署"
        constraints = [models.UniqueConstraint(fields=["plan", "year", "half"], name="plan_one_check")]

    class Privacy:
        public = ("uid", "plan", "year", "half", "as_of", "state", "digest", "log_index", "closed_at")
        internal = ("opened_at", "opened_by", "frozen_at", "inputs", "signer", "signed_at", "second")
        personal = ()


class SelfReport(models.Model):
    check_of = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="reports", verbose_name="检查", db_comment="所属检查")
    row = models.CharField("编号", max_length=12, db_comment="任务编号")
    unit = models.CharField("单位", max_length=UID_LENGTH, db_comment="单位标识")
    claim = models.CharField("自查结论", max_length=12, db_comment="已完成、推进中、未开始")
    words = models.TextField("说明", db_comment="自查说明")
    at = models.DateTimeField("报送时间", db_comment="报送时间")
    reporter = models.CharField("报送人员", max_length=64, db_comment="报送人的人员标识，用于核查回避")

    class Meta:
        verbose_name = "自查"
        verbose_name_plural = verbose_name
        db_table_comment = "单位自查：冻结前可改"
        constraints = [models.UniqueConstraint(fields=["check_of", "row", "unit"], name="plan_one_self_report")]

    class Privacy:
        public = ()
        internal = ("check_of", "row", "unit", "claim", "words", "at", "reporter")
        personal = ()


class Finding(models.Model):
    check_of = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="findings", verbose_name="检查", db_comment="所属检查")
    row = models.CharField("编号", max_length=12, db_comment="任务编号")
    unit = models.CharField("单位", max_length=UID_LENGTH, db_comment="单位标识")
    system = models.CharField("系统判定", max_length=8, db_comment="依冻结证据的判定")
    verdict = models.CharField("核查结论", max_length=8, blank=True, db_comment="核查人的结论，空为尚未核查")
    mark = models.PositiveSmallIntegerField("评分", null=True, blank=True, db_comment="0至100")
    words = models.CharField("说明", max_length=1000, blank=True, db_comment="核查说明；与系统判定不同的须有理由")
    finder = models.CharField("核查人员", max_length=64, blank=True, db_comment="核查人的人员标识")
    at = models.DateTimeField("核查时间", null=True, blank=True, db_comment="核查时间")

    class Meta:
        verbose_name = "核查结论"
        verbose_name_plural = verbose_name
        db_table_comment = "核查结论：每项职责一条，系统判定与核查人结论并列"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["check_of", "row", "unit"], name="plan_one_finding")]

    class Privacy:
        public = ("check_of", "row", "unit", "system", "verdict", "mark")
        internal = ("words", "finder", "at")
        personal = ()


class Warned(models.Model):
    """An overdue task was told to a unit that carries it; once per due day."""

    row = models.ForeignKey(PlanRow, on_delete=models.PROTECT, related_name="warnings", verbose_name="任务", db_comment="所属任务")
    unit = models.CharField("单位", max_length=UID_LENGTH, db_comment="被提醒单位标识")
    superior = models.CharField("上级", max_length=UID_LENGTH, blank=True, db_comment="同时告知的上级单位标识")
    due = models.DateField("期限", db_comment="逾期的期限")
    at = models.DateTimeField("提醒时间", db_comment="提醒时间")
    case = models.CharField("办件", max_length=UID_LENGTH, blank=True, db_comment="督办事项的办件标识")

    class Meta:
        verbose_name = "逾期提醒"
        verbose_name_plural = verbose_name
        db_table_comment = "逾期提醒：同一期限对同一单位只提醒一次"
        constraints = [models.UniqueConstraint(fields=["row", "unit", "due"], name="plan_warned_once")]

    class Privacy:
        public = ()
        internal = ("row", "unit", "superior", "due", "at", "case")
        personal = ()


class NextPlan(models.Model):
    """The plan of a following year as it was drawn from this one: proposed by one person, adopted by another."""

    uid = UidField()
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="followers", verbose_name="任务分工", db_comment="上年任务分工")
    year = models.PositiveSmallIntegerField("年度", db_comment="新年度")
    lines = models.JSONField("各项任务", db_comment="是否结转、期限、理由")
    proposer = models.CharField("提出人员", max_length=64, db_comment="提出人的人员标识，用于双人原则")
    proposed_at = models.DateTimeField("提出时间", db_comment="提出时间")
    adopted_at = models.DateTimeField("采纳时间", null=True, blank=True, db_comment="第二人采纳时间")
    made = models.CharField("新任务分工", max_length=UID_LENGTH, blank=True, db_comment="采纳后生成的任务分工标识")

    class Meta:
        verbose_name = "下年度任务分工草案"
        verbose_name_plural = verbose_name
        db_table_comment = "下年度任务分工草案：由上年度生成，两人采纳"
        constraints = [models.UniqueConstraint(fields=["plan", "year"], name="plan_one_follower")]

    class Privacy:
        public = ()
        internal = ("uid", "plan", "year", "lines", "proposer", "proposed_at", "adopted_at", "made")
        personal = ()
