"""Documents with versions that are never edited, what they cover, and delays that the law allows."""

from __future__ import annotations

from django.db import models

from ximu.foundation.models import UID_LENGTH, UidField


class Document(models.Model):
    uid = UidField()
    unit = models.CharField("制定单位", max_length=UID_LENGTH, db_index=True, db_comment="制定单位标识")
    kind = models.CharField("种类", max_length=8, db_comment="实施方案、制度或标准规范")
    title = models.CharField("名称", max_length=200, db_comment="文件名称")
    entered_at = models.DateTimeField("登记时间", db_comment="登记时间")
    entered_by = models.CharField("登记人", max_length=UID_LENGTH, db_comment="登记人标识")

    class Meta:
        verbose_name = "制度文件"
        verbose_name_plural = verbose_name
        db_table_comment = "制度文件：实施方案、制度、标准规范"
        constraints = [models.UniqueConstraint(fields=["unit", "kind", "title"], name="s2_document_once")]

    class Privacy:
        public = ("uid", "unit", "kind", "title")
        internal = ("entered_at", "entered_by")
        personal = ()


class Version(models.Model):
    class State(models.TextChoices):
        ENTERED = "entered", "待印发"
        PUBLISHED = "published", "已印发"
        REPEALED = "repealed", "已废止"

    uid = UidField()
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions", verbose_name="文件", db_comment="所属文件")
    number = models.PositiveSmallIntegerField("版本", db_comment="版本序号")
    reference = models.CharField("文号", max_length=80, blank=True, db_comment="文号")
    in_force_on = models.DateField("施行日期", db_comment="施行日期")
    repealed_on = models.DateField("废止日期", null=True, blank=True, db_comment="废止日期，空为有效")
    text = models.CharField("全文摘要", max_length=64, db_comment="全文文件的SHA-256")
    parameters = models.JSONField("设定参数", default=list, db_comment="本文件设定的系统参数名")
    state = models.CharField("状态", max_length=10, choices=State, default=State.ENTERED, db_comment="待印发、已印发或已废止")
    entered_at = models.DateTimeField("登记时间", db_comment="登记时间")
    enterer = models.CharField("登记人员", max_length=64, db_comment="登记人的人员标识，用于双人原则")
    published_at = models.DateTimeField("印发时间", null=True, blank=True, db_comment="印发时间")
    published_by = models.CharField("印发人", max_length=UID_LENGTH, blank=True, db_comment="印发人标识")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, blank=True, db_comment="印发在透明日志中的序号")

    class Meta:
        verbose_name = "制度文件版本"
        verbose_name_plural = verbose_name
        db_table_comment = "制度文件版本：登记后不改，印发须第二人"
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="s2_version_number"),
            models.CheckConstraint(condition=models.Q(repealed_on__isnull=True) | models.Q(repealed_on__gte=models.F("in_force_on")),
                                   name="s2_version_span"),
        ]

    class Privacy:
        public = ("uid", "document", "number", "reference", "in_force_on", "repealed_on", "text", "parameters", "state", "published_at")
        internal = ("entered_at", "enterer", "published_by", "log_index")
        personal = ()


class Cover(models.Model):
    """What one version of a plan says of one item of the notice."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="covers", verbose_name="版本", db_comment="所属版本")
    item = models.CharField("事项", max_length=12, db_comment="工作任务表事项编号")
    stance = models.CharField("情况", max_length=16, db_comment="已覆盖或不适用")
    words = models.CharField("说明", max_length=400, blank=True, db_comment="所在章节，或不适用的理由")

    class Meta:
        verbose_name = "方案覆盖"
        verbose_name_plural = verbose_name
        db_table_comment = "实施方案对各事项的覆盖情况"
        constraints = [models.UniqueConstraint(fields=["version", "item"], name="s2_cover_once")]

    class Privacy:
        public = ("version", "item", "stance", "words")
        internal = ()
        personal = ()


class Delay(models.Model):
    """A lawful legislative delay: asked by the unit, granted by another person, it stops the clock of the unit's plan."""

    uid = UidField()
    unit = models.CharField("单位", max_length=UID_LENGTH, db_index=True, db_comment="申请单位标识")
    ground = models.CharField("情形", max_length=16, db_comment="延期情形代码")
    basis = models.CharField("依据", max_length=400, db_comment="所涉法律、行政法规及立法程序依据")
    since = models.DateField("起始日期", db_comment="停止计期的首日")
    until = models.DateField("恢复日期", null=True, blank=True, db_comment="恢复计期之日，空为仍在延期")
    asked_at = models.DateTimeField("申请时间", db_comment="申请时间")
    asker = models.CharField("申请人员", max_length=64, db_comment="申请人的人员标识，用于双人原则")
    granted_at = models.DateTimeField("同意时间", null=True, blank=True, db_comment="同意时间，空为待定")
    granted_by = models.CharField("同意人", max_length=UID_LENGTH, blank=True, db_comment="同意人标识")

    class Meta:
        verbose_name = "立法延期"
        verbose_name_plural = verbose_name
        db_table_comment = "立法延期：依法停止计期"
        constraints = [
            models.UniqueConstraint(fields=["unit"], condition=models.Q(until__isnull=True), name="s2_one_open_delay"),
            models.CheckConstraint(condition=models.Q(until__isnull=True) | models.Q(until__gt=models.F("since")), name="s2_delay_span"),
        ]

    class Privacy:
        public = ()
        internal = ("uid", "unit", "ground", "basis", "since", "until", "asked_at", "asker", "granted_at", "granted_by")
        personal = ()


class Missing(models.Model):
    """A unit was told that its plan is overdue; once per due day."""

    unit = models.CharField("单位", max_length=UID_LENGTH, db_comment="单位标识")
    due = models.DateField("期限", db_comment="应印发的期限")
    told_at = models.DateTimeField("告知时间", db_comment="告知时间")
    case = models.CharField("办件", max_length=UID_LENGTH, blank=True, db_comment="督办事项的办件标识")

    class Meta:
        verbose_name = "方案逾期提醒"
        verbose_name_plural = verbose_name
        db_table_comment = "实施方案逾期提醒：同一期限只提醒一次"
        constraints = [models.UniqueConstraint(fields=["unit", "due"], name="s2_told_once")]

    class Privacy:
        public = ()
        internal = ("unit", "due", "told_at", "case")
        personal = ()
