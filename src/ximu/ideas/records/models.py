"""Two tables: what was delivered, and what was done with it. Rows are added; of a version only its cursor (`state`, `newest`) moves."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ximu.foundation.models import UID_LENGTH, UidField
from ximu.ideas.records.rules import STATES

NUMBER_LENGTH = 13
PERSON_LENGTH = 64
KINDS = ("body", "official")


class Version(models.Model):
    """One version of one record. Its key is the index of its own entry in the log."""

    log_index = models.BigIntegerField("日志序号", primary_key=True, db_comment="本版本在日志中的条目序号")
    number = models.CharField("记录编号", max_length=NUMBER_LENGTH, db_comment="随机编号，末位校验，同一记录各版本相同")
    version = models.SmallIntegerField("版本", db_comment="版本号，自1起")
    newest = models.BooleanField("最新", db_comment="是否该记录最新版本（游标）")
    state = models.CharField("状态", max_length=12, db_comment="现状态（游标），历史见办理表")
    entered = models.CharField("入库状态", max_length=12, db_comment="入库时的状态：草拟或待生效")
    known_at = models.DateTimeField("获知时间", db_comment="系统获知时间")
    by = models.CharField("报送人", max_length=PERSON_LENGTH, db_comment="报送人的化名标识，用于双人原则")
    item = models.CharField("数据项", max_length=40, db_comment="数据清单项代码")
    edition = models.CharField("清单版次", max_length=20, db_comment="数据清单版次")
    key = models.UUIDField("定位键", db_comment="数据项与自然键的散列：前4字节为数据项")
    natural_key = models.CharField("自然键", max_length=400, blank=True, db_comment="自然键；删除后为空")
    digest = models.CharField("内容摘要", max_length=64, blank=True, db_comment="报送内容摘要；删除后为空")
    kind = models.CharField("主体类别", max_length=8, db_comment="机构或在任公务员，别无其他")
    subject = models.CharField("主体", max_length=UID_LENGTH, db_comment="登记簿中的主体标识")
    family = models.CharField("类别", max_length=16, db_comment="记录类别代码")
    behaviour = models.CharField("行为", max_length=40, blank=True, db_comment="行为清单项代码")
    grade = models.CharField("程度", max_length=16, blank=True, db_comment="程度")
    document_number = models.CharField("文号", max_length=200, blank=True, db_comment="文书号")
    authority = models.CharField("机关", max_length=200, blank=True, db_comment="作出文书的机关")
    event_date = models.DateField("发生日期", db_comment="行为或事件发生之日")
    end_date = models.DateField("终止日期", null=True, db_comment="行为或事件终止之日，持续中为空")
    decision_date = models.DateField("文书日期", null=True, db_comment="文书作出之日")
    final_date = models.DateField("确定日期", null=True, db_comment="文书确定（生效）之日，未确定的为预计日期")
    source = models.CharField("来源", max_length=40, db_comment="报送来源单位标识")
    batch = models.CharField("批次", max_length=40, db_comment="报送批次标识")
    line = models.IntegerField("行号", db_comment="在报送文件中的行号")
    payload = models.TextField("内容", null=True, db_comment="报送内容（规范JSON）；删除后为空")
    salt = models.BinaryField("盐", null=True, db_comment="承诺所用的盐；随内容一并销毁")
    commitment = models.CharField("承诺", max_length=64, blank=True, db_comment="内容销毁时留存的承诺值，平时由内容推出")

    class Meta:
        verbose_name = "记录版本"
        verbose_name_plural = verbose_name
        db_table_comment = "记录版本：只增不改，一行一版"
        constraints = [
            models.UniqueConstraint(fields=["number", "version"], name="record_number_version"),
            models.UniqueConstraint(fields=["key", "version"], name="record_key_version"),
            models.CheckConstraint(condition=Q(kind__in=KINDS) & ~Q(subject="") | Q(state="erased"), name="record_subject_kind"),
            models.CheckConstraint(condition=Q(state__in=sorted(STATES)), name="record_state_known"),
            models.CheckConstraint(condition=Q(entered__in=["draft", "held"]), name="record_entered_known"),
            models.CheckConstraint(
                condition=Q(payload__isnull=False, salt__isnull=False, commitment="")
                | (Q(payload__isnull=True, salt__isnull=True) & ~Q(commitment="")),
                name="record_payload_or_proof",
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "event_date"], name="record_subject_event"),
            models.Index(fields=["state", "log_index"], name="record_state_order"),
        ]

    class Privacy:
        public = ()
        internal = (
            "log_index", "number", "version", "newest", "state", "entered", "known_at", "by", "item", "edition", "key", "digest",
            "kind", "family", "behaviour", "grade", "authority", "event_date", "end_date", "decision_date", "final_date",
            "source", "batch", "line", "salt", "commitment",
        )
        personal = ("subject", "natural_key", "document_number", "payload")


class Step(models.Model):
    """Something done with a record: a move between states, a second source, a draft sent back."""

    class What(models.TextChoices):
        MOVE = "move", "状态变更"
        SOURCE = "source", "另一来源"
        RETURN = "return", "退回"
        EXAMINE = "examine", "容错审查"

    log_index = models.BigIntegerField("日志序号", primary_key=True, db_comment="本办理在日志中的条目序号")
    number = models.CharField("记录编号", max_length=NUMBER_LENGTH, db_index=True, db_comment="记录编号")
    version = models.SmallIntegerField("版本", db_comment="办理时的版本号")
    what = models.CharField("事项", max_length=8, choices=What, db_comment="办理事项")
    before = models.CharField("原状态", max_length=12, db_comment="原状态")
    after = models.CharField("新状态", max_length=12, db_comment="新状态")
    known_at = models.DateTimeField("办理时间", db_comment="办理时间")
    by = models.CharField("办理人", max_length=PERSON_LENGTH, db_comment="办理人的化名标识")
    detail = models.TextField("内容", null=True, db_comment="理由、依据、送达等（规范JSON）；删除后为空")
    salt = models.BinaryField("盐", null=True, db_comment="承诺所用的盐；随内容一并销毁")
    commitment = models.CharField("承诺", max_length=64, blank=True, db_comment="内容销毁时留存的承诺值，平时由内容推出")

    class Meta:
        verbose_name = "记录办理"
        verbose_name_plural = verbose_name
        db_table_comment = "记录办理：只增不改，一行一事"
        constraints = [
            models.CheckConstraint(
                condition=Q(detail__isnull=False, salt__isnull=False, commitment="")
                | (Q(detail__isnull=True, salt__isnull=True) & ~Q(commitment="")),
                name="step_detail_or_proof",
            ),
        ]

    class Privacy:
        public = ()
        internal = ("log_index", "number", "version", "what", "before", "after", "known_at", "by", "salt", "commitment")
        personal = ("detail",)


class Erasure(models.Model):
    """A request to destroy the contents of records; a second person decides on exactly what the first one asked."""

    class State(models.TextChoices):
        ASKED = "asked", "待批准"
        DONE = "done", "已删除"
        REFUSED = "refused", "未批准"

    uid = UidField()
    versions = models.JSONField("记录", db_comment="记录编号与提出时的最新版本号")
    basis = models.CharField("依据", max_length=400, db_comment="删除的法律依据，不写个人信息")
    digest = models.CharField("摘要", max_length=64, db_comment="所请求内容的摘要，批准时须一致")
    state = models.CharField("状态", max_length=8, choices=State, default=State.ASKED, db_comment="办理状态")
    asked_at = models.DateTimeField("提出时间", db_comment="提出时间")
    asked_by = models.CharField("提出人", max_length=PERSON_LENGTH, db_comment="提出人的化名标识")
    decided_at = models.DateTimeField("决定时间", null=True, db_comment="批准或不批准的时间")
    decided_by = models.CharField("决定人", max_length=PERSON_LENGTH, blank=True, db_comment="决定人的化名标识，与提出人不同")
    log_index = models.BigIntegerField("日志序号", null=True, unique=True, db_comment="删除在日志中的条目序号")

    class Meta:
        verbose_name = "删除请求"
        verbose_name_plural = verbose_name
        db_table_comment = "删除请求：一人提出，另一人批准"
        constraints = [
            models.CheckConstraint(condition=Q(decided_at__isnull=True, decided_by="") | (Q(decided_at__isnull=False) & ~Q(decided_by="")),
                                   name="erasure_decided_pair"),
            models.CheckConstraint(condition=~Q(decided_by=models.F("asked_by")), name="erasure_two_people"),
            models.CheckConstraint(condition=~Q(state="done") | Q(log_index__isnull=False), name="erasure_done_is_proved"),
        ]

    class Privacy:
        public = ()
        internal = ("uid", "versions", "basis", "digest", "state", "asked_at", "asked_by", "decided_at", "decided_by", "log_index")
        personal = ()
