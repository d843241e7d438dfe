"""Editions of the three lists, the items that units draft, the legal texts on which they rest."""

from __future__ import annotations

from django.db import models

from ximu.foundation.models import UID_LENGTH, UidField
from ximu.ideas.catalogue.rules.vocabulary import ACTS, LISTS
from ximu.kernel.words import Text

HUMAN_LENGTH = 64


class Basis(models.Model):
    """One version of a legal text; versions are added, never changed."""

    uid = UidField()
    code = models.CharField("依据代码", max_length=40, db_comment="依据代码，同一法律文件的各版本相同")
    version = models.PositiveIntegerField("版本", db_comment="登记版本，从1起")
    title = models.CharField("名称", max_length=200, db_comment="法律文件名称")
    title_en = models.CharField("英文名称", max_length=200, db_comment="英文名称")
    number = models.CharField("文号", max_length=80, blank=True, db_comment="文号，法律可为空")
    level = models.CharField("层级", max_length=8, db_comment="效力层级")
    in_force_on = models.DateField("施行日", db_comment="施行日期")
    repealed_on = models.DateField("废止日", null=True, blank=True, db_comment="废止日期，空为有效")
    empowers = models.JSONField("授权单位", default=list, db_comment="可据此采取措施的单位标识，空为不限")
    to_be_confirmed = models.BooleanField("待确认", default=False, db_comment="内容尚待核实")
    note = models.CharField("说明", max_length=500, blank=True, db_comment="登记说明")
    registered_at = models.DateTimeField("登记时间", db_comment="登记时间")
    registered_by = models.CharField("登记人", max_length=UID_LENGTH, db_comment="登记人标识")
    log_index = models.BigIntegerField("日志序号", null=True, db_comment="透明日志中的序号")

    class Meta:
        verbose_name = "法律依据"
        verbose_name_plural = verbose_name
        db_table_comment = "依据库：法律文件的各登记版本"
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="basis_code_version")]

    class Privacy:
        public = ("uid", "code", "version", "title", "title_en", "number", "level", "in_force_on", "repealed_on", "empowers",
                  "to_be_confirmed", "note", "registered_at", "log_index")
        internal = ("registered_by",)
        personal = ()


class Edition(models.Model):
    """A numbered edition of all three lists. Published once, then never changed."""

    class State(models.TextChoices):
        DRAFTING = "drafting", "编制中"
        REVIEW = "review", "汇总审核"
        PUBLISHED = "published", "已发布"

    uid = UidField()
    number = models.CharField("版本号", max_length=8, unique=True, db_comment="版本号：年份-序号")
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFTING, db_comment="编制状态")
    in_force = models.DateField("生效日", db_comment="生效日，编制中为拟生效日")
    opened_at = models.DateTimeField("启动时间", db_comment="启动编制的时间")
    opened_by = models.CharField("启动人", max_length=UID_LENGTH, db_comment="启动人标识")
    merged_at = models.DateTimeField("汇总时间", null=True, blank=True, db_comment="汇总完成时间")
    merged_by = models.CharField("汇总人", max_length=UID_LENGTH, blank=True, db_comment="汇总人标识")
    published_at = models.DateTimeField("发布时间", null=True, blank=True, db_comment="发布时间")
    published_by = models.CharField("发布人", max_length=UID_LENGTH, blank=True, db_comment="发布人标识")
    backdated = models.CharField("补录理由", max_length=300, blank=True, db_comment="生效日早于发布日时的理由")
    previous = models.CharField("上一版本", max_length=8, blank=True, db_comment="上一版本号")
    basis_versions = models.JSONField("依据版本", default=dict, db_comment="发布时所依据的各法律文件版本")
    digest = models.CharField("摘要", max_length=64, blank=True, db_comment="规范化版本内容的SHA-256")
    log_index = models.BigIntegerField("日志序号", null=True, unique=True, db_comment="透明日志中的序号")

    class Meta:
        verbose_name = "清单版本"
        verbose_name_plural = verbose_name
        db_table_comment = "数据、行为、应用清单的版本"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=True, published_by="", digest="") & ~models.Q(state="published")
                | models.Q(published_at__isnull=False, state="published") & ~models.Q(published_by="") & ~models.Q(digest=""),
                name="edition_published_pair",
            ),
            models.CheckConstraint(
                condition=models.Q(merged_at__isnull=True, merged_by="") | models.Q(merged_at__isnull=False) & ~models.Q(merged_by=""),
                name="edition_merged_pair",
            ),
            models.UniqueConstraint(fields=["in_force"], condition=models.Q(state="published"), name="edition_one_a_day"),
        ]

    class Privacy:
        public = ("uid", "number", "state", "in_force", "published_at", "backdated", "previous", "basis_versions", "digest",
                  "log_index")
        internal = ("opened_at", "opened_by", "merged_at", "merged_by", "published_by")
        personal = ()


class ListItem(models.Model):
    """One item of one list as a unit drafted it; accepted ones make the edition."""

    class State(models.TextChoices):
        DRAFT = "draft", "草拟"
        SUBMITTED = "submitted", "待审核"
        RETURNED = "returned", "已退回"
        ACCEPTED = "accepted", "已采纳"
        DROPPED = "dropped", "未列入"

    uid = UidField()
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="items", verbose_name="版本", db_comment="所属版本")
    list = models.CharField("清单", max_length=11, db_comment="data、behaviour或application")
    code = models.CharField("条目代码", max_length=40, db_comment="条目代码")
    owner = models.CharField("责任单位", max_length=UID_LENGTH, db_comment="责任单位标识")
    owner_name = models.CharField("责任单位名称", max_length=200, db_comment="编制时的单位名称")
    body = models.JSONField("内容", db_comment="条目内容")
    state = models.CharField("状态", max_length=9, choices=State, default=State.DRAFT, db_comment="编制状态")
    drafted_at = models.DateTimeField("起草时间", db_comment="最近一次起草或修改时间")
    drafted_by = models.CharField("起草人", max_length=UID_LENGTH, db_comment="起草人标识")
    drafted_human = models.CharField("起草自然人", max_length=HUMAN_LENGTH, db_comment="起草自然人标识，用于双人原则")

    class Meta:
        verbose_name = "清单条目"
        verbose_name_plural = verbose_name
        db_table_comment = "清单条目：各单位起草，采纳后构成版本"
        constraints = [
            models.UniqueConstraint(fields=["edition", "list", "code", "owner"], condition=~models.Q(state="dropped"),
                                    name="item_once_per_owner"),
        ]
        indexes = [models.Index(fields=["edition", "state"], name="item_edition_state")]

    class Privacy:
        public = ("uid", "edition", "list", "code", "owner", "owner_name", "body")
        internal = ("state", "drafted_at", "drafted_by", "drafted_human")
        personal = ()

    @property
    def list_name(self) -> Text:
        return LISTS[self.list]


class ItemStep(models.Model):
    """What was done to an item, by whom and why; only added."""

    item = models.ForeignKey(ListItem, on_delete=models.PROTECT, related_name="steps", verbose_name="条目", db_comment="所属条目")
    act = models.CharField("动作", max_length=12, db_comment="动作代码")
    reason = models.CharField("理由", max_length=500, blank=True, db_comment="理由")
    taken_at = models.DateTimeField("时间", db_comment="办理时间")
    taken_by = models.CharField("办理人", max_length=UID_LENGTH, db_comment="办理人标识")

    class Meta:
        verbose_name = "条目经过"
        verbose_name_plural = verbose_name
        db_table_comment = "条目办理经过，只增不改"

    class Privacy:
        public = ()
        internal = ("item", "act", "reason", "taken_at", "taken_by")
        personal = ()

    @property
    def act_name(self) -> Text:
        return ACTS[self.act]


class Objection(models.Model):
    """A unit's objection to a drafted item; an edition is not published while one is open."""

    class Outcome(models.TextChoices):
        OPEN = "", "待答复"
        UPHELD = "upheld", "采纳"
        REJECTED = "rejected", "不采纳"

    uid = UidField()
    item = models.ForeignKey(ListItem, on_delete=models.PROTECT, related_name="objections", verbose_name="条目", db_comment="所涉条目")
    unit = models.CharField("异议单位", max_length=UID_LENGTH, db_comment="提出异议的单位标识")
    reason = models.CharField("异议理由", max_length=1000, db_comment="异议理由")
    raised_at = models.DateTimeField("提出时间", db_comment="提出时间")
    raised_by = models.CharField("提出人", max_length=UID_LENGTH, db_comment="提出人标识")
    outcome = models.CharField("处理结果", max_length=8, choices=Outcome, default=Outcome.OPEN, blank=True,
                               db_comment="处理结果，空为待答复")
    answer = models.CharField("答复", max_length=1000, blank=True, db_comment="答复内容")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True, db_comment="答复时间")
    answered_by = models.CharField("答复人", max_length=UID_LENGTH, blank=True, db_comment="答复人标识")

    class Meta:
        verbose_name = "条目异议"
        verbose_name_plural = verbose_name
        db_table_comment = "各单位对草案条目的异议及答复"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, answered_by="", outcome="")
                | models.Q(answered_at__isnull=False) & ~models.Q(answered_by="") & ~models.Q(outcome=""),
                name="objection_answered_pair",
            ),
        ]

    class Privacy:
        public = ()
        internal = ("uid", "item", "unit", "reason", "raised_at", "raised_by", "outcome", "answer", "answered_at", "answered_by")
        personal = ()
