"""Projects, funds and cycles of the audit universe, audits with what they cover, findings, announcements."""

from __future__ import annotations

from django.db import models

from ximu.foundation.models import UID_LENGTH, UidField


class Target(models.Model):
    """A project or a fund; or the shorter cycle of a unit or a post, which the register of organisations names itself."""

    uid = UidField()
    kind = models.CharField("类别", max_length=8, db_comment="单位、岗位、项目、资金")
    key = models.CharField("来源标识", max_length=40, unique=True, db_comment="单位或岗位的标识，项目或资金的编号")
    name = models.CharField("名称", max_length=120, blank=True, db_comment="项目或资金名称；单位、岗位为空，以名录为准")
    unit = models.CharField("责任单位", max_length=UID_LENGTH, db_index=True, db_comment="责任单位标识")
    every = models.PositiveSmallIntegerField("周期（年）", null=True, blank=True, db_comment="审计周期年数，空为一般周期")
    since = models.DateField("起始日期", db_comment="列入审计对象之日")
    until = models.DateField("终止日期", null=True, blank=True, db_comment="不再列入之日，空为在列")
    entered_at = models.DateTimeField("登记时间", db_comment="登记时间")

    class Meta:
        verbose_name = "审计对象"
        verbose_name_plural = verbose_name
        db_table_comment = "审计对象：项目、资金，以及单位、岗位的特定周期"

    class Privacy:
        public = ()
        internal = ("uid", "kind", "key", "name", "unit", "every", "since", "until", "entered_at")
        personal = ()


class Audit(models.Model):
    uid = UidField()
    number = models.CharField("文号", max_length=60, unique=True, db_comment="审计通知书文号")
    title = models.CharField("项目名称", max_length=120, db_comment="审计项目名称")
    covers = models.JSONField("审计对象", default=list, db_comment="所审对象的来源标识")
    opened_on = models.DateField("实施日期", db_comment="审计通知书日期")
    entered_at = models.DateTimeField("登记时间", db_comment="登记时间")
    report_on = models.DateField("报告日期", null=True, blank=True, db_comment="审计报告日期，空为在审，不计入覆盖")
    reported_at = models.DateTimeField("报告登记时间", null=True, blank=True, db_comment="报告登记时间")
    report = models.CharField("报告摘要", max_length=64, blank=True, db_comment="审计报告文件的SHA-256")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, blank=True, db_comment="报告在透明日志中的序号")

    class Meta:
        verbose_name = "审计项目"
        verbose_name_plural = verbose_name
        db_table_comment = "审计项目：所审对象与报告"
        constraints = [models.CheckConstraint(
            condition=models.Q(report_on__isnull=True, reported_at__isnull=True, report="")
            | (models.Q(report_on__isnull=False, reported_at__isnull=False) & ~models.Q(report="")), name="d16_report_pair")]

    class Privacy:
        public = ("uid", "title", "opened_on", "report_on", "log_index")
        internal = ("number", "covers", "entered_at", "reported_at", "report")
        personal = ()


class Finding(models.Model):
    """What was found, against which criterion, shown by which evidence. How it goes on lies in its case; the days stand here too."""

    uid = UidField()
    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="findings", verbose_name="审计项目", db_comment="所属项目")
    number = models.CharField("问题序号", max_length=20, blank=True, db_comment="成批报送的问题序号，逐项登记的为空")
    target = models.CharField("审计对象", max_length=40, db_comment="所涉对象的来源标识")
    unit = models.CharField("被审计单位", max_length=UID_LENGTH, db_index=True, db_comment="被审计单位标识")
    topic = models.CharField("问题类别", max_length=12, db_comment="问题类别代码")
    text = models.TextField("问题", db_comment="问题表述")
    criterion = models.CharField("定性依据", max_length=400, db_comment="定性依据：法规及条款")
    evidence = models.CharField("证据摘要", max_length=64, db_comment="证据文件的SHA-256")
    amount = models.DecimalField("金额（元）", max_digits=18, decimal_places=2, null=True, blank=True, db_comment="涉及金额，空为不涉及")
    found_at = models.DateTimeField("提出时间", db_comment="提出时间")
    case = models.CharField("办件", max_length=UID_LENGTH, blank=True, db_comment="办理该问题的办件标识")
    reply = models.TextField("单位意见", blank=True, db_comment="被审计单位的意见")
    decided_on = models.DateField("定性日期", null=True, blank=True, db_comment="定性或不作为问题的日期")
    upheld = models.BooleanField("定为问题", default=False, db_comment="是否定为问题")
    sort = models.CharField("整改类型", max_length=8, blank=True, db_comment="立行立改、分阶段、持续")
    due = models.DateField("整改期限", null=True, blank=True, db_comment="整改期限")
    fixed = models.DecimalField("已整改金额", max_digits=18, decimal_places=2, null=True, blank=True, db_comment="经核查的已整改金额")
    closed_on = models.DateField("销号日期", null=True, blank=True, db_comment="审计局核查销号的日期")

    class Meta:
        verbose_name = "审计问题"
        verbose_name_plural = verbose_name
        db_table_comment = "审计问题：依据、证据、金额、单位意见、整改"
        constraints = [models.UniqueConstraint(fields=["audit", "number"], condition=~models.Q(number=""), name="d16_finding_once")]

    class Privacy:
        public = ("uid",)
        internal = ("audit", "number", "target", "unit", "topic", "text", "criterion", "evidence", "amount", "found_at", "case", "reply",
                    "decided_on", "upheld", "sort", "due", "fixed", "closed_on")
        personal = ()


class Announcement(models.Model):
    class State(models.TextChoices):
        PROPOSED = "proposed", "待审批"
        DECIDED = "decided", "已决定"
        REFUSED = "refused", "不同意"

    uid = UidField()
    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="announcements", verbose_name="审计项目",
                              db_comment="所属项目")
    state = models.CharField("状态", max_length=8, choices=State, default=State.PROPOSED, db_comment="待审批、已决定、不同意")
    ground = models.CharField("不予公布事由", max_length=10, blank=True, db_comment="整份不予公布的事由代码，空为公布")
    lines = models.JSONField("公告内容", default=list, db_comment="逐项问题，遮盖之后，附遮盖或不公布的事由")
    digest = models.CharField("摘要", max_length=64, db_comment="公告内容的SHA-256")
    proposed_at = models.DateTimeField("提出时间", db_comment="提出时间")
    proposer = models.CharField("提出人员", max_length=64, db_comment="提出人的人员标识，用于双人原则")
    decided_at = models.DateTimeField("决定时间", null=True, blank=True, db_comment="决定时间")
    reason = models.CharField("理由", max_length=400, blank=True, db_comment="不同意的理由")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, blank=True, db_comment="决定在透明日志中的序号")

    class Meta:
        verbose_name = "审计结果公告"
        verbose_name_plural = verbose_name
        db_table_comment = "审计结果公告：遮盖与不公布逐处有事由，双人决定"
        constraints = [models.UniqueConstraint(fields=["audit"], condition=~models.Q(state="refused"), name="d16_announced_once")]

    class Privacy:
        public = ("uid", "audit", "state", "ground", "lines", "digest", "decided_at", "log_index")
        internal = ("proposed_at", "proposer", "reason")
        personal = ()
