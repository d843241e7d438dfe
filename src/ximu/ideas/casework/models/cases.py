"""A case, its steps (only added), its files, its clocks, and who was told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ximu.foundation.models import UID_LENGTH, UidField

PERSON_LENGTH = 64
NUMBER_LENGTH = 13


class Case(models.Model):
    """Where a procedure stands. Only the cursor (state, holder, due) moves; the history is in `Step`."""

    uid = UidField()
    number = models.CharField("办件编号", max_length=NUMBER_LENGTH, unique=True, db_comment="随机编号，末位校验，不含顺序")
    procedure = models.CharField("程序", max_length=40, db_comment="程序代码")
    state = models.CharField("状态", max_length=40, db_comment="现状态（游标）")
    about = models.CharField("事由", max_length=60, blank=True, db_comment="所涉记录编号或其他事项标识")
    key = models.CharField("查重键", max_length=160, blank=True, db_comment="同一事项只能有一件在办")
    subject = models.CharField("主体", max_length=UID_LENGTH, blank=True, db_comment="登记簿中的主体标识")
    source = models.CharField("报送单位", max_length=40, blank=True, db_comment="报送单位标识")
    office = models.CharField("综合部门", max_length=UID_LENGTH, blank=True, db_comment="综合协调单位标识")
    entered = models.CharField("录入人", max_length=PERSON_LENGTH, blank=True, db_comment="所涉记录录入人的化名标识，用于回避")
    opened_by = models.CharField("提出人", max_length=PERSON_LENGTH, db_comment="提出人的化名标识，用于回避")
    opener = models.CharField("提出单位", max_length=UID_LENGTH, blank=True, db_comment="提出人所在单位标识")
    holder = models.CharField("承办单位", max_length=UID_LENGTH, blank=True, db_comment="现承办单位标识")
    person = models.CharField("承办人", max_length=PERSON_LENGTH, blank=True, db_comment="现承办人的化名标识，空为未指定")
    opened_at = models.DateTimeField("提出时间", db_comment="提出时间")
    closed_at = models.DateTimeField("办结时间", null=True, db_comment="办结时间，在办为空")
    due = models.DateField("期限", null=True, db_comment="现时限的末日，中止或未起算为空")
    late = models.BooleanField("超期", default=False, db_comment="现时限是否已过而未办")
    paused = models.BooleanField("效果暂停", default=False, db_comment="因逾期未决而暂停所涉记录的全部效果")
    parent = models.CharField("关联办件", max_length=UID_LENGTH, blank=True, null=True, db_comment="由哪一办件引出，无则为空值，不入索引")
    values = models.JSONField("要素", default=dict, db_comment="程序要素，可能含个人信息")

    class Meta:
        verbose_name = "办件"
        verbose_name_plural = verbose_name
        db_table_comment = "办件：一行一件，只有游标变动"
        constraints = [
            models.UniqueConstraint(fields=["procedure", "key"], condition=Q(closed_at__isnull=True) & ~Q(key=""), name="case_one_open"),
        ]
        indexes = [
            models.Index(fields=["holder", "closed_at", "due"], name="case_inbox"),
            models.Index(fields=["closed_at", "late", "due"], name="case_sweep"),
            models.Index(fields=["about", "procedure"], name="case_about"),
            models.Index(fields=["subject", "procedure"], name="case_subject"),
            models.Index(fields=["about"], condition=Q(paused=True), name="case_paused"),
            models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="case_parent"),
            models.Index(fields=["-late", "due", "id"], condition=Q(closed_at__isnull=True), name="case_urgent"),
            models.Index(fields=["source", "closed_at"], name="case_source"),
            models.Index(fields=["opener", "closed_at"], name="case_opener"),
            models.Index(fields=["opened_by", "closed_at"], name="case_opened_by"),
            models.Index(fields=["office", "closed_at"], name="case_office"),
            models.Index(fields=["person", "closed_at"], name="case_person"),
        ]

    class Privacy:
        public = ()
        internal = ("uid", "number", "procedure", "state", "about", "key", "source", "office", "entered", "opened_by", "opener", "holder",
                    "person", "opened_at", "closed_at", "due", "late", "paused", "parent")
        personal = ("subject", "values")


class Step(models.Model):
    """Something done in a case. Its log entry is a salted commitment to every column."""

    log_index = models.BigIntegerField("日志序号", primary_key=True, db_comment="本步骤在日志中的条目序号")
    case = models.ForeignKey(Case, models.PROTECT, related_name="steps", verbose_name="办件", db_comment="所属办件")
    verb = models.CharField("办理", max_length=40, db_comment="办理动作代码")
    before = models.CharField("原状态", max_length=40, blank=True, db_comment="原状态")
    after = models.CharField("新状态", max_length=40, db_comment="新状态")
    unit = models.CharField("单位", max_length=UID_LENGTH, blank=True, db_comment="办理单位标识")
    by = models.CharField("办理人", max_length=PERSON_LENGTH, db_comment="办理人的化名标识")
    at = models.DateTimeField("时间", db_comment="办理时间")
    decides = models.BooleanField("决定", default=False, db_comment="是否为决定")
    detail = models.JSONField("内容", default=dict, db_comment="理由、依据、送达、材料摘要等，可能含个人信息")
    salt = models.BinaryField("盐", null=True, db_comment="承诺所用的盐；所涉记录删除时一并销毁")
    commitment = models.CharField("承诺", max_length=64, blank=True, db_comment="内容销毁后留下的承诺值，平时为空")

    class Meta:
        verbose_name = "办件步骤"
        verbose_name_plural = verbose_name
        db_table_comment = "办件步骤：只增不改"
        indexes = [models.Index(fields=["case", "log_index"], name="case_step_order")]

    class Privacy:
        public = ()
        internal = ("log_index", "case", "verb", "before", "after", "unit", "by", "at", "decides", "salt", "commitment")
        personal = ("detail",)


class Slip(models.Model):
    """A supervision slip (督办单) that was issued: the office's number of the year, which no other slip has."""

    uid = UidField()
    case = models.ForeignKey(Case, models.PROTECT, related_name="slips", verbose_name="办件", db_comment="所属办件")
    office = models.CharField("发出单位", max_length=UID_LENGTH, db_comment="发出督办单的单位标识")
    year = models.SmallIntegerField("年份", db_comment="编号所属年份")
    serial = models.PositiveIntegerField("序号", db_comment="该单位该年度的顺序号")
    to = models.CharField("送达单位", max_length=UID_LENGTH, db_comment="被督办单位标识")
    by = models.CharField("签发人", max_length=PERSON_LENGTH, db_comment="签发人的化名标识")
    at = models.DateTimeField("签发时间", db_comment="签发时间")
    log_index = models.PositiveBigIntegerField("日志序号", unique=True, db_comment="签发步骤在日志中的条目序号")

    class Meta:
        verbose_name = "督办单"
        verbose_name_plural = verbose_name
        db_table_comment = "督办单：每单位每年连续编号"
        constraints = [models.UniqueConstraint(fields=["office", "year", "serial"], name="slip_serial")]

    class Privacy:
        public = ()
        internal = ("uid", "case", "office", "year", "serial", "to", "by", "at", "log_index")
        personal = ()


class CaseFile(models.Model):
    """A paper of a case, by the digest of its bytes."""

    uid = UidField()
    case = models.ForeignKey(Case, models.PROTECT, related_name="files", verbose_name="办件", db_comment="所属办件")
    digest = models.CharField("摘要", max_length=64, db_comment="内容的SHA-256")
    size = models.BigIntegerField("大小", db_comment="字节数")
    name = models.CharField("文件名", max_length=200, db_comment="提交人所给的文件名，可能含个人信息")
    pages = models.PositiveIntegerField("页数", default=0, db_comment="页数，未知为零")
    paged = models.CharField("版式件", max_length=64, blank=True, db_comment="办公文件另存的PDF的SHA-256，供遮盖；没有为空")
    by = models.CharField("提交人", max_length=PERSON_LENGTH, db_comment="提交人的化名标识")
    at = models.DateTimeField("时间", db_comment="提交时间")

    class Meta:
        verbose_name = "办件材料"
        verbose_name_plural = verbose_name
        db_table_comment = "办件材料：以摘要核对，随件流转"
        constraints = [models.UniqueConstraint(fields=["case", "digest"], name="case_file_once")]

    class Privacy:
        public = ()
        internal = ("uid", "case", "digest", "size", "pages", "paged", "by", "at")
        personal = ("name",)


class FileOpening(models.Model):
    """Somebody opened a paper: the subject can see that the deciding unit did read it."""

    file = models.ForeignKey(CaseFile, models.PROTECT, related_name="openings", verbose_name="材料", db_comment="所开材料")
    unit = models.CharField("单位", max_length=UID_LENGTH, blank=True, db_comment="开启单位标识")
    by = models.CharField("开启人", max_length=PERSON_LENGTH, db_comment="开启人的化名标识")
    at = models.DateTimeField("时间", db_comment="开启时间")
    redacted = models.BooleanField("遮盖件", default=False, db_comment="所开的是否为遮盖件")

    class Meta:
        verbose_name = "材料开启"
        verbose_name_plural = verbose_name
        db_table_comment = "材料开启：谁在何时打开了材料"

    class Privacy:
        public = ()
        internal = ("file", "unit", "by", "at", "redacted")
        personal = ()


class Clock(models.Model):
    """A limit that runs in a case, with the way it was counted."""

    class State(models.TextChoices):
        MISSING = "missing", "未起算"
        RUNNING = "running", "计时"
        SUSPENDED = "suspended", "中止"
        MET = "met", "按期"
        LATE = "late", "超期"

    case = models.ForeignKey(Case, models.PROTECT, related_name="clocks", verbose_name="办件", db_comment="所属办件")
    code = models.CharField("参数", max_length=40, db_comment="期限参数代码")
    state = models.CharField("状态", max_length=10, choices=State, db_comment="计时状态")
    term = models.IntegerField("天数", default=0, db_comment="期限天数，含延长")
    unit = models.CharField("单位", max_length=16, default="working-day", db_comment="工作日或自然日")
    extended = models.PositiveSmallIntegerField("延长次数", default=0, db_comment="已延长的次数")
    spent = models.IntegerField("已用", default=0, db_comment="中止前已用天数")
    started = models.DateField("起算日", null=True, db_comment="起算事由发生之日，当日不计；未起算为空")
    suspended = models.DateField("中止日", null=True, db_comment="中止之日，未中止为空")
    due = models.DateField("末日", null=True, db_comment="期限末日，未起算为空")
    counted = models.JSONField("算法", default=dict, db_comment="期限如何计算：节假日、调休与来源")
    ended_on = models.DateField("结束日", null=True, db_comment="办结该时限之日，未办为空")

    class Meta:
        verbose_name = "办件时限"
        verbose_name_plural = verbose_name
        db_table_comment = "办件时限：每个时限一行，含计算过程"
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_on__isnull=True), name="case_one_clock"),
            models.CheckConstraint(condition=Q(state__in=["missing", "met", "late"]) | Q(started__isnull=False), name="clock_started"),
        ]
        indexes = [models.Index(fields=["state", "due"], name="clock_due"), models.Index(fields=["code", "started"], name="clock_code")]

    class Privacy:
        public = ()
        internal = ("case", "code", "state", "term", "unit", "extended", "spent", "started", "suspended", "due", "counted", "ended_on")
        personal = ()


class Telling(models.Model):
    """Somebody was told of something in a case: a unit (its head), or the subject."""

    uid = UidField()
    case = models.ForeignKey(Case, models.PROTECT, related_name="tellings", verbose_name="办件", db_comment="所属办件")
    unit = models.CharField("告知对象", max_length=UID_LENGTH, db_comment="单位或主体标识")
    post = models.CharField("岗位", max_length=40, blank=True, db_comment="负责人岗位标识，空为单位")
    what = models.CharField("事项", max_length=40, db_comment="告知事项代码")
    at = models.DateTimeField("时间", db_comment="告知时间")
    seen_at = models.DateTimeField("阅知时间", null=True, db_comment="阅知时间，未阅为空")

    class Meta:
        verbose_name = "办件告知"
        verbose_name_plural = verbose_name
        db_table_comment = "办件告知：逾期、转办等事项告知了谁"
        indexes = [models.Index(fields=["unit", "seen_at"], name="telling_unit")]

    class Privacy:
        public = ()
        internal = ("uid", "case", "post", "what", "at", "seen_at")
        personal = ("unit",)
