"""Procedures in which archives are asked for, courses with who completed them, versions of the handbook with who signed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ximu.foundation.models import UID_LENGTH, UidField
from ximu.notice.safeguards.s4_training.rules import KINDS

PERSON_LENGTH = 64


class Procedure(models.Model):
    """A recruitment, promotion or award: while it is open, the archives of those whom it names may be read; then nothing is left."""

    uid = UidField()
    number = models.CharField("程序编号", max_length=80, unique=True, db_comment="程序文号或编号")
    kind = models.CharField("种类", max_length=8, db_comment="录用、晋升或评优")
    unit = models.CharField("组织单位", max_length=UID_LENGTH, db_index=True, db_comment="组织程序的单位标识")
    title = models.CharField("名称", max_length=200, db_comment="程序名称，不写个人信息")
    basis = models.CharField("依据", max_length=400, db_comment="法律依据及条款")
    opened_on = models.DateField("开始日期", db_comment="开始日期")
    ends_on = models.DateField("最迟结束日期", db_comment="到期自动结束并清除查询结果")
    opened_at = models.DateTimeField("登记时间", db_comment="登记时间")
    opened_by = models.CharField("登记人", max_length=PERSON_LENGTH, db_comment="登记人标识")
    ended_at = models.DateTimeField("结束时间", null=True, db_comment="结束时间，空为进行中")
    ended_by = models.CharField("结束人", max_length=PERSON_LENGTH, blank=True, db_comment="结束人标识")
    hires = models.PositiveIntegerField("录用人数", null=True, db_comment="录用程序的录用人数")
    checked = models.PositiveIntegerField("查询人数", null=True, db_comment="录用前查询过信用的人数")
    proof = models.CharField("查询证明摘要", max_length=64, blank=True, db_comment="查询证明材料的SHA-256")
    purged = models.PositiveIntegerField("清除件数", null=True, db_comment="结束时清除的查询结果件数")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, db_comment="开始在透明日志中的序号")
    end_log_index = models.PositiveBigIntegerField("结束日志序号", null=True, db_comment="结束与清除在透明日志中的序号")

    class Meta:
        verbose_name = "选任评优程序"
        verbose_name_plural = verbose_name
        db_table_comment = "录用、晋升、评优程序：查询诚信档案的唯一理由"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=sorted(KINDS)), name="s4_procedure_kind"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("opened_on")), name="s4_procedure_span"),
            models.CheckConstraint(condition=Q(ended_at__isnull=True, ended_by="") | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
                                   name="s4_procedure_ended_pair"),
            models.CheckConstraint(condition=Q(hires__isnull=True, checked__isnull=True) | Q(checked__lte=F("hires")),
                                   name="s4_procedure_checked"),
        ]

    class Privacy:
        public = ()
        internal = ("uid", "number", "kind", "unit", "title", "basis", "opened_on", "ends_on", "opened_at", "opened_by", "ended_at",
                    "ended_by", "hires", "checked", "proof", "purged", "log_index", "end_log_index")
        personal = ()


class Named(models.Model):
    """A civil servant whom a procedure names: told first, asked for once."""

    uid = UidField()
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="named", verbose_name="程序", db_comment="所属程序")
    official = models.CharField("人员", max_length=UID_LENGTH, db_index=True, db_comment="公务员标识")
    notified_on = models.DateField("告知日期", db_comment="告知本人将查询档案的日期")
    manner = models.CharField("告知方式", max_length=80, db_comment="告知方式")
    added_at = models.DateTimeField("登记时间", db_comment="登记时间")
    added_by = models.CharField("登记人", max_length=PERSON_LENGTH, db_comment="登记人标识")
    checked_at = models.DateTimeField("查询时间", null=True, db_comment="查询时间，空为未查询")
    checked_by = models.CharField("查询人", max_length=PERSON_LENGTH, blank=True, db_comment="查询人标识")
    certificate = models.CharField("查询证明", max_length=UID_LENGTH, blank=True, db_comment="查询证明标识；结束后其内容已销毁")

    class Meta:
        verbose_name = "程序所涉人员"
        verbose_name_plural = verbose_name
        db_table_comment = "程序所涉公务员：先告知，只查一次"
        constraints = [
            models.UniqueConstraint(fields=["procedure", "official"], name="s4_named_once"),
            models.CheckConstraint(condition=Q(checked_at__isnull=True, checked_by="") | (Q(checked_at__isnull=False) & ~Q(checked_by="")),
                                   name="s4_named_checked_pair"),
        ]

    class Privacy:
        public = ()
        internal = ("uid", "procedure", "notified_on", "manner", "added_at", "added_by", "checked_at", "checked_by", "certificate")
        personal = ("official",)


class Handbook(models.Model):
    """A version of the handbook, never edited."""

    uid = UidField()
    number = models.PositiveSmallIntegerField("版本", unique=True, db_comment="版本序号")
    title = models.CharField("名称", max_length=120, db_comment="手册名称")
    text = models.CharField("全文摘要", max_length=64, unique=True, db_comment="全文文件的SHA-256")
    name = models.CharField("文件名", max_length=120, db_comment="全文文件名")
    in_force_on = models.DateField("施行日期", db_comment="施行日期")
    published_at = models.DateTimeField("发布时间", db_comment="发布时间")
    published_by = models.CharField("发布人", max_length=PERSON_LENGTH, db_comment="发布人标识")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, db_comment="发布在透明日志中的序号")

    class Meta:
        verbose_name = "诚信手册"
        verbose_name_plural = verbose_name
        db_table_comment = "公务员诚信手册的版本"

    class Privacy:
        public = ("uid", "number", "title", "text", "in_force_on", "published_at")
        internal = ("name", "published_by", "log_index")
        personal = ()


class Signed(models.Model):
    """Who signed for a version, when; by oneself, or on a paper that the unit keeps."""

    handbook = models.ForeignKey(Handbook, on_delete=models.PROTECT, related_name="signed", verbose_name="版本", db_comment="手册版本")
    official = models.CharField("人员", max_length=UID_LENGTH, db_index=True, db_comment="公务员标识")
    signed_at = models.DateTimeField("签收时间", db_comment="签收时间")
    signed_by = models.CharField("登记人", max_length=PERSON_LENGTH, db_comment="本人，或者登记纸面签收的经办人")

    class Meta:
        verbose_name = "手册签收"
        verbose_name_plural = verbose_name
        db_table_comment = "诚信手册签收：每人每版一次"
        constraints = [models.UniqueConstraint(fields=["handbook", "official"], name="s4_signed_once")]

    class Privacy:
        public = ()
        internal = ("handbook", "signed_at", "signed_by")
        personal = ("official",)


class Course(models.Model):
    uid = UidField()
    code = models.CharField("课程编号", max_length=40, unique=True, db_comment="课程编号")
    title = models.CharField("名称", max_length=200, db_comment="课程名称")
    kind = models.CharField("种类", max_length=8, db_comment="公务员培训或领导干部进修")
    hours = models.PositiveSmallIntegerField("学时", db_comment="学时")
    unit = models.CharField("举办单位", max_length=UID_LENGTH, db_comment="举办单位标识")
    held_on = models.DateField("举办日期", db_comment="举办（结束）日期")
    pass_mark = models.PositiveSmallIntegerField("及格分", null=True, db_comment="及格分，空为不考试")
    entered_at = models.DateTimeField("登记时间", db_comment="登记时间")
    entered_by = models.CharField("登记人", max_length=PERSON_LENGTH, db_comment="登记人标识")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, db_comment="登记在透明日志中的序号")

    class Meta:
        verbose_name = "诚信课程"
        verbose_name_plural = verbose_name
        db_table_comment = "公务员诚信课程"

    class Privacy:
        public = ("uid", "code", "title", "kind", "hours", "unit", "held_on", "pass_mark")
        internal = ("entered_at", "entered_by", "log_index")
        personal = ()


class Attended(models.Model):
    """How somebody did in a course; what is delivered again with another content is a new row, the newest counts."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="attended", verbose_name="课程", db_comment="课程")
    official = models.CharField("人员", max_length=UID_LENGTH, db_index=True, db_comment="公务员标识")
    attended = models.BooleanField("参训", db_comment="是否参训")
    score = models.PositiveSmallIntegerField("成绩", null=True, db_comment="考试成绩")
    newest = models.BooleanField("最新", default=True, db_comment="是否最新一次报送")
    delivery = models.CharField("报送摘要", max_length=64, db_comment="报送文件的SHA-256")
    log_index = models.PositiveBigIntegerField("日志序号", db_index=True, db_comment="该次报送在透明日志中的序号")
    entered_at = models.DateTimeField("登记时间", db_comment="登记时间")
    entered_by = models.CharField("登记人", max_length=PERSON_LENGTH, db_comment="登记人标识")

    class Meta:
        verbose_name = "参训考试"
        verbose_name_plural = verbose_name
        db_table_comment = "参训与考试：更正为新行"
        constraints = [models.UniqueConstraint(fields=["course", "official"], condition=Q(newest=True), name="s4_attended_newest")]

    class Privacy:
        public = ()
        internal = ("course", "newest", "delivery", "log_index", "entered_at", "entered_by")
        personal = ("official", "attended", "score")
