"""What the public reads, and who has read what is not public."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ximu.foundation.models import UID_LENGTH, UidField

PERSON_LENGTH = 64


class Publication(models.Model):
    """A proposed, open or closed publication of one record version. `body` is all that the public ever sees of it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待批准"
        OPEN = "open", "公开中"
        REFUSED = "refused", "未批准"
        CLOSED = "closed", "已关闭"

    uid = UidField()
    number = models.CharField("记录编号", max_length=13, db_index=True, db_comment="记录编号")
    version = models.SmallIntegerField("版本", db_comment="所公开的记录版本")
    item = models.CharField("数据项", max_length=40, db_comment="数据清单项代码")
    family = models.CharField("类别", max_length=16, db_comment="记录类别代码")
    subject = models.CharField("主体", max_length=UID_LENGTH, db_comment="主体标识（仅机构）")
    event_date = models.DateField("发生日期", db_comment="行为或事件发生之日")
    stage = models.CharField("阶段", max_length=12, db_comment="公开阶段")
    basis = models.CharField("依据", max_length=400, db_comment="公开依据")
    note = models.TextField("必要性说明", db_comment="公开的必要性与比例说明")
    fields = models.JSONField("字段", db_comment="公开的最少字段")
    policy = models.CharField("策略版本", max_length=20, db_comment="所依公开策略版本")
    looked = models.CharField("已核策略", max_length=40, blank=True, db_comment="最近一次核对所用的公开策略版本及其规则日期")
    closes_on = models.DateField("截止日", db_comment="公开的最后一日")
    state = models.CharField("状态", max_length=8, choices=State, default=State.PROPOSED, db_comment="公开状态")
    proposed_at = models.DateTimeField("提出时间", db_comment="提出时间")
    proposed_by = models.CharField("提出人", max_length=PERSON_LENGTH, db_comment="提出人的化名标识")
    decided_at = models.DateTimeField("决定时间", null=True, db_comment="批准或不批准的时间")
    decided_by = models.CharField("决定人", max_length=PERSON_LENGTH, blank=True, db_comment="决定人的化名标识，与提出人不同")
    closed_at = models.DateTimeField("关闭时间", null=True, db_comment="关闭时间")
    closed_by = models.CharField("关闭人", max_length=PERSON_LENGTH, blank=True, db_comment="关闭人的化名标识")
    reason = models.CharField("理由", max_length=400, blank=True, db_comment="不批准或关闭的理由")
    body = models.TextField("公开内容", blank=True, db_comment="向公众显示的全部内容（规范JSON），关闭后清空")
    words = models.TextField("检索文本", blank=True, db_comment="公开内容中可检索的文字，关闭后清空")
    salt = models.BinaryField("盐", null=True, db_comment="公开内容承诺所用的盐")
    commitment = models.CharField("承诺", max_length=64, blank=True, db_comment="公开内容的承诺值")
    log_index = models.BigIntegerField("日志序号", null=True, unique=True, db_comment="公开在日志中的条目序号")
    closed_index = models.BigIntegerField("关闭日志序号", null=True, unique=True, db_comment="关闭在日志中的条目序号")

    class Meta:
        verbose_name = "公开"
        verbose_name_plural = verbose_name
        db_table_comment = "公开：公众所见全部出自此表公开中的行"
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=Q(state__in=["proposed", "open"]), name="publication_one_live"),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by="") | (Q(decided_at__isnull=False) & ~Q(decided_by="")),
                name="publication_decided_pair",
            ),
            models.CheckConstraint(condition=~Q(decided_by=models.F("proposed_by")), name="publication_two_people"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by="") | (Q(closed_at__isnull=False) & ~Q(closed_by="")),
                name="publication_closed_pair",
            ),
            models.CheckConstraint(
                condition=~Q(state="open") | Q(log_index__isnull=False, salt__isnull=False, decided_at__isnull=False),
                name="publication_open_is_proved",
            ),
        ]
        indexes = [models.Index(fields=["state", "subject", "event_date"], name="publication_subject"),
                   models.Index(fields=["state", "closes_on"], name="publication_closing"),
                   models.Index(fields=["state", "looked"], name="publication_looked"),
                   models.Index(fields=["state", "-event_date", "number"], name="publication_newest"),
                   models.Index(fields=["state", "family", "-event_date", "number"], name="publication_kind")]

    class Privacy:
        public = ("number", "version", "item", "family", "subject", "event_date", "stage", "basis", "policy", "closes_on", "body", "words",
                  "salt", "log_index")
        internal = ("uid", "note", "fields", "state", "proposed_at", "proposed_by", "decided_at", "decided_by", "closed_at", "closed_by",
                    "reason", "commitment", "closed_index", "looked")
        personal = ()


class Use(models.Model):
    """One read of what is not public: who, for what. Its subject may see it (条例第三十四条)."""

    uid = UidField()
    number = models.CharField("记录编号", max_length=13, blank=True, db_comment="记录编号，查阅档案时为空")
    subject = models.CharField("主体", max_length=UID_LENGTH, db_index=True, db_comment="被查阅的主体标识")
    actor = models.CharField("查询人", max_length=UID_LENGTH, db_comment="查询人账号标识")
    unit = models.CharField("查询单位", max_length=UID_LENGTH, blank=True, db_comment="查询人所在单位标识")
    role = models.CharField("身份", max_length=40, db_comment="以何种对象身份查询")
    purpose = models.CharField("用途", max_length=20, db_comment="查询用途代码")
    policy = models.CharField("策略版本", max_length=20, db_comment="所依公开策略版本")
    used_at = models.DateTimeField("查询时间", db_comment="查询时间")

    class Meta:
        verbose_name = "查询留痕"
        verbose_name_plural = verbose_name
        db_table_comment = "查询留痕：对非公开内容的每次查询"

    class Privacy:
        public = ()
        internal = ("uid", "number", "unit", "role", "purpose", "policy", "used_at")
        personal = ("subject", "actor")


class SearchCertificate(models.Model):
    """A certified search; its commitment stands in the log, the bundle verifies offline."""

    uid = UidField()
    subject = models.CharField("主体", max_length=UID_LENGTH, db_index=True, db_comment="所查主体标识")
    actor = models.CharField("查询人", max_length=UID_LENGTH, db_comment="查询人账号标识")
    unit = models.CharField("查询单位", max_length=UID_LENGTH, blank=True, db_comment="查询人所在单位标识")
    log_index = models.BigIntegerField("日志序号", unique=True, db_comment="证明在日志中的条目序号")
    numbers = models.JSONField("所列记录", default=list, db_comment="证明所列记录编号")
    payload = models.JSONField("内容", null=True, db_comment="证明内容；删除后为空")
    salt = models.BinaryField("盐", null=True, db_comment="承诺所用的盐；随内容一并销毁")
    commitment = models.CharField("承诺", max_length=64, db_comment="证明内容的承诺值")
    issued_at = models.DateTimeField("出具时间", db_comment="出具时间")

    class Meta:
        verbose_name = "查询证明"
        verbose_name_plural = verbose_name
        db_table_comment = "查询证明：某日有无生效记录，可离线验证"
        constraints = [models.CheckConstraint(
            condition=models.Q(payload__isnull=True, salt__isnull=True) | models.Q(payload__isnull=False, salt__isnull=False),
            name="search_certificate_salt")]

    class Privacy:
        public = ()
        internal = ("uid", "unit", "log_index", "numbers", "salt", "commitment", "issued_at")
        personal = ("subject", "actor", "payload")
