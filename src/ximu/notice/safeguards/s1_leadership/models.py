"""Meetings with numbered resolutions, vacancies that were raised, and the count of each day."""

from __future__ import annotations

from django.db import models

from ximu.foundation.models import UID_LENGTH, UidField


class Meeting(models.Model):
    class State(models.TextChoices):
        ENTERED = "entered", "待印发"
        ISSUED = "issued", "已印发"

    uid = UidField()
    group = models.CharField("议事协调机构", max_length=UID_LENGTH, db_index=True, db_comment="召开会议的议事协调机构标识")
    number = models.CharField("届次", max_length=40, db_comment="会议编号，同一机构内唯一")
    title = models.CharField("会议名称", max_length=120, db_comment="会议名称")
    held_on = models.DateField("召开日期", db_comment="召开日期")
    present = models.JSONField("到会单位", default=list, db_comment="到会单位标识")
    minutes = models.CharField("纪要摘要", max_length=64, db_comment="会议纪要文件的SHA-256")
    state = models.CharField("状态", max_length=8, choices=State, default=State.ENTERED, db_comment="待印发或已印发")
    entered_at = models.DateTimeField("登记时间", db_comment="登记时间")
    entered_by = models.CharField("登记人", max_length=UID_LENGTH, db_comment="登记人标识")
    enterer = models.CharField("登记人员", max_length=64, db_comment="登记人的人员标识，用于双人原则")
    issued_at = models.DateTimeField("印发时间", null=True, blank=True, db_comment="印发时间")
    issued_by = models.CharField("印发人", max_length=UID_LENGTH, blank=True, db_comment="印发人标识")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, blank=True, db_comment="印发在透明日志中的序号")

    class Meta:
        verbose_name = "会议"
        verbose_name_plural = verbose_name
        db_table_comment = "专项工作组会议：一人登记、另一人印发"
        constraints = [
            models.UniqueConstraint(fields=["group", "number"], name="s1_meeting_number"),
            models.CheckConstraint(
                condition=models.Q(issued_at__isnull=True, issued_by="") | (models.Q(issued_at__isnull=False) & ~models.Q(issued_by="")),
                name="s1_meeting_issued_pair"),
        ]

    class Privacy:
        public = ()
        internal = ("uid", "group", "number", "title", "held_on", "present", "minutes", "state", "entered_at", "entered_by", "enterer",
                    "issued_at", "issued_by", "log_index")
        personal = ()


class Resolution(models.Model):
    """One numbered decision: which unit does what by when; `commitment` is the promise that it became."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="resolutions", verbose_name="会议", db_comment="所属会议")
    number = models.PositiveSmallIntegerField("序号", db_comment="议定事项序号")
    text = models.TextField("议定事项", db_comment="议定事项原文")
    deliverable = models.CharField("成果", max_length=400, db_comment="可核验的成果")
    unit = models.CharField("责任单位", max_length=UID_LENGTH, db_comment="责任单位标识")
    due = models.DateField("期限", db_comment="完成期限")
    commitment = models.CharField("承诺", max_length=UID_LENGTH, blank=True, db_comment="印发后生成的工作任务承诺标识")

    class Meta:
        verbose_name = "议定事项"
        verbose_name_plural = verbose_name
        db_table_comment = "会议议定事项：印发后成为工作任务"
        ordering = ["meeting", "number"]
        constraints = [models.UniqueConstraint(fields=["meeting", "number"], name="s1_resolution_number")]

    class Privacy:
        public = ()
        internal = ("meeting", "number", "text", "deliverable", "unit", "due", "commitment")
        personal = ()


class Vacancy(models.Model):
    """A unit without a first responsible person, as the daily pass found it; one open row per unit."""

    unit = models.CharField("单位", max_length=UID_LENGTH, db_index=True, db_comment="空缺单位标识")
    superior = models.CharField("承担单位", max_length=UID_LENGTH, blank=True, db_comment="空缺期间承担职责的上级单位标识")
    reason = models.CharField("情形", max_length=120, db_comment="空缺情形")
    found_on = models.DateField("发现日期", db_comment="每日核验发现空缺的日期")
    found_at = models.DateTimeField("发现时间", db_comment="发现时间")
    case = models.CharField("办件", max_length=UID_LENGTH, blank=True, db_comment="补任事项的办件标识")
    filled_on = models.DateField("补任日期", null=True, blank=True, db_comment="每日核验确认已有人任职的日期")

    class Meta:
        verbose_name = "第一责任人空缺"
        verbose_name_plural = verbose_name
        db_table_comment = "第一责任人空缺：每日核验发现，一日内交上级补任"
        constraints = [
            models.UniqueConstraint(fields=["unit"], condition=models.Q(filled_on__isnull=True), name="s1_one_open_vacancy"),
        ]

    class Privacy:
        public = ()
        internal = ("unit", "superior", "reason", "found_on", "found_at", "case", "filled_on")
        personal = ()


class DayProof(models.Model):
    """The count of one day; `digest` is over all its rows, of which the exceptions are kept."""

    day = models.DateField("日期", unique=True, db_comment="核验日期")
    known_at = models.DateTimeField("已知截至", db_comment="按此时已知的名录与职责核验")
    duties = models.PositiveBigIntegerField("职责数", db_comment="当日全部未了职责数")
    units = models.PositiveIntegerField("单位数", db_comment="承担职责的单位数")
    ownerless = models.PositiveIntegerField("无主职责", db_comment="没有存续单位承担的职责数")
    carried_up = models.PositiveBigIntegerField("由上级承担", db_comment="因岗位空缺由上级承担的职责数")
    exceptions = models.JSONField("例外", default=list, db_comment="无主或由上级承担的职责：种类、单位、数量、承担单位、原因")
    digest = models.CharField("摘要", max_length=64, db_comment="全部行的SHA-256")
    log_index = models.PositiveBigIntegerField("日志序号", db_comment="透明日志中的序号")

    class Meta:
        verbose_name = "每日核验"
        verbose_name_plural = verbose_name
        db_table_comment = "每日核验：没有无主的职责"

    class Privacy:
        public = ("day", "duties", "units", "ownerless", "carried_up", "digest", "log_index")
        internal = ("known_at", "exceptions")
        personal = ()
