"""Plans of supervision, the duties that follow from them, and inspections with both times."""

from __future__ import annotations

from django.db import models

from ximu.foundation.models import UID_LENGTH, UidField


class Plan(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", "待审定"
        ADOPTED = "adopted", "已审定"
        REFUSED = "refused", "不予审定"

    uid = UidField()
    number = models.CharField("文号", max_length=60, db_comment="监管计划文号")
    title = models.CharField("名称", max_length=120, db_comment="监管计划名称")
    year = models.PositiveSmallIntegerField("年度", db_comment="计划年度")
    maker = models.CharField("编制单位", max_length=UID_LENGTH, db_index=True, db_comment="编制计划的监管单位标识")
    lines = models.JSONField("任务行", default=list, db_comment="逐行任务：单位、领域、方式、对象、频次")
    digest = models.CharField("摘要", max_length=64, db_comment="任务行的SHA-256")
    state = models.CharField("状态", max_length=8, choices=State, default=State.DRAFT, db_comment="待审定、已审定、不予审定")
    entered_at = models.DateTimeField("编制时间", db_comment="录入时间")
    drafter = models.CharField("编制人", max_length=64, db_comment="编制人的人员标识，用于双人原则")
    decided_at = models.DateTimeField("审定时间", null=True, blank=True, db_comment="审定或不予审定的时间")
    reason = models.CharField("理由", max_length=400, blank=True, db_comment="不予审定的理由")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, blank=True, db_comment="审定在透明日志中的序号")

    class Meta:
        verbose_name = "监管计划"
        verbose_name_plural = verbose_name
        db_table_comment = "监管计划：谁在什么期限内检查什么"
        constraints = [models.UniqueConstraint(fields=["number"], condition=~models.Q(state="refused"), name="d10_plan_once")]

    class Privacy:
        public = ("uid", "title", "year", "maker", "digest", "state", "decided_at", "log_index")
        internal = ("number", "lines", "entered_at", "drafter", "reason")
        personal = ()


class Duty(models.Model):
    """One line of a plan in one of its periods. The day on which it is judged was counted when the plan was adopted."""

    uid = UidField()
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="duties", verbose_name="监管计划", db_comment="所属计划")
    number = models.CharField("编号", max_length=90, unique=True, db_comment="计划文号、行号、期次")
    unit = models.CharField("承担单位", max_length=UID_LENGTH, db_index=True, db_comment="承担单位标识")
    field = models.CharField("领域", max_length=10, db_comment="领域代码")
    mode = models.CharField("方式", max_length=8, db_comment="检查、抽检")
    object = models.CharField("对象", max_length=40, db_comment="监管对象编号，不含个人信息")
    category = models.CharField("类别", max_length=80, db_comment="监管对象类别")
    first = models.DateField("期间首日", db_comment="期间首日")
    due = models.DateField("到期日", db_index=True, db_comment="期间末日，逢休息日顺延至其后第一个工作日")
    judged_on = models.DateField("判定日", db_index=True, db_comment="到期日加录入期限之后的第一日")
    ended_on = models.DateField("终止日期", null=True, blank=True, db_comment="任务终止的日期，空为有效")
    ground = models.CharField("终止事由", max_length=12, blank=True, db_comment="终止事由代码")
    document = models.CharField("终止依据", max_length=120, blank=True, db_comment="终止依据文号")
    missed_at = models.DateTimeField("判定逾期时间", null=True, blank=True, db_comment="系统判定逾期未履行的时间")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, blank=True, db_comment="判定逾期在透明日志中的序号")

    class Meta:
        verbose_name = "监管任务"
        verbose_name_plural = verbose_name
        db_table_comment = "监管任务：由计划逐期生成，到期日按工作日历计算"

    class Privacy:
        public = ("uid", "unit", "field", "mode", "category", "first", "due", "judged_on")
        internal = ("plan", "number", "object", "ended_on", "ground", "document", "missed_at", "log_index")
        personal = ()


class Inspection(models.Model):
    """What was done, and when the system learned of it. Never changed; a wrong entry is withdrawn by another person and stays visible."""

    uid = UidField()
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="inspections", verbose_name="监管任务", db_comment="所履行的任务")
    inspected_at = models.DateTimeField("检查时间", db_comment="检查发生的时间")
    entered_at = models.DateTimeField("录入时间", db_comment="服务器收到的时间")
    officers = models.PositiveSmallIntegerField("执法人数", db_comment="到场执法人员人数")
    result = models.CharField("结果", max_length=8, db_comment="未发现问题、发现问题、未能检查")
    problems = models.PositiveIntegerField("问题数", default=0, db_comment="发现的问题数")
    note = models.CharField("说明", max_length=1000, blank=True, db_comment="说明，不含个人信息")
    evidence = models.CharField("证据摘要", max_length=64, blank=True, db_comment="检查记录文件的SHA-256")
    late_days = models.PositiveIntegerField("迟录（工作日）", default=0, db_comment="检查日之后超过录入期限的工作日数")
    backdated = models.BooleanField("补录", default=False, db_comment="超过录入期限才录入")
    enterer = models.CharField("录入人", max_length=64, db_comment="录入人的人员标识，用于双人原则")
    voided_at = models.DateTimeField("撤回时间", null=True, blank=True, db_comment="撤回错误录入的时间")
    void_reason = models.CharField("撤回理由", max_length=400, blank=True, db_comment="撤回的理由")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, blank=True, db_comment="录入在透明日志中的序号")

    class Meta:
        verbose_name = "监督检查"
        verbose_name_plural = verbose_name
        db_table_comment = "监督检查：检查时间与录入时间两个时间都留存"
        constraints = [
            models.UniqueConstraint(fields=["duty", "inspected_at"], condition=models.Q(voided_at__isnull=True), name="d10_inspected_once"),
            models.CheckConstraint(condition=models.Q(inspected_at__lte=models.F("entered_at")), name="d10_not_before_it_happened"),
            models.CheckConstraint(condition=models.Q(voided_at__isnull=True, void_reason="")
                                   | (models.Q(voided_at__isnull=False) & ~models.Q(void_reason="")), name="d10_void_pair"),
        ]

    class Privacy:
        public = ("uid", "inspected_at", "entered_at", "result", "backdated", "log_index")
        internal = ("duty", "officers", "problems", "note", "evidence", "late_days", "enterer", "voided_at", "void_reason")
        personal = ()
