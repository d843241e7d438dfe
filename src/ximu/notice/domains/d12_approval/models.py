"""Versions of the catalogue. Approvals and registers come in as event data, what is done about them lies in cases."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ximu.foundation.models import UidField


class Edition(models.Model):
    """A numbered version. Drafted, out for notice, published; what was published never changes."""

    class State(models.TextChoices):
        DRAFT = "draft", "草案"
        NOTICE = "notice", "公示中"
        PUBLISHED = "published", "已公布"
        WITHDRAWN = "withdrawn", "已撤回"

    uid = UidField()
    number = models.CharField("版本号", max_length=12, db_comment="版本号：年份和当年序号")
    state = models.CharField("状态", max_length=9, choices=State, default=State.DRAFT, db_comment="草案、公示中、已公布、已撤回")
    basis = models.CharField("调整依据", max_length=400, db_comment="调整目录的依据文件")
    items = models.JSONField("事项", default=list, db_comment="全部事项：依据、材料、期限、收费、条件")
    digest = models.CharField("摘要", max_length=64, db_comment="事项内容的SHA-256")
    previous = models.CharField("上一版本", max_length=12, blank=True, db_comment="据以比较的上一版本号，空为首版")
    drafted_at = models.DateTimeField("起草时间", db_comment="起草时间")
    drafted_by = models.CharField("起草人员", max_length=64, db_comment="起草人的人员标识，用于双人原则")
    notice_from = models.DateField("公示起始日", null=True, blank=True, db_comment="公示起始日，空为未公示")
    notice_until = models.DateField("公示截止日", null=True, blank=True, db_comment="公示最后一日，空为未公示")
    in_force = models.DateField("生效日", null=True, blank=True, db_comment="生效日，空为未公布")
    published_at = models.DateTimeField("公布时间", null=True, blank=True, db_comment="公布时间")
    published_by = models.CharField("公布人员", max_length=64, blank=True, db_comment="公布人的人员标识")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, blank=True, db_comment="公布在透明日志中的序号")

    class Meta:
        verbose_name = "行政审批目录版本"
        verbose_name_plural = verbose_name
        db_table_comment = "行政审批目录：按版本，公布后不再改动"
        constraints = [models.UniqueConstraint(fields=["number"], condition=~Q(state="withdrawn"), name="d12_number_once"),
            models.UniqueConstraint(fields=["state"], condition=Q(state__in=["draft", "notice"]), name="d12_one_waits"),
            models.CheckConstraint(condition=Q(published_at=None, published_by="", in_force=None)
                                   | (Q(published_at__isnull=False, in_force__isnull=False) & ~Q(published_by="")), name="d12_published")]

    class Privacy:
        public = ("uid", "number", "state", "basis", "items", "digest", "previous", "notice_from", "notice_until", "in_force",
                  "published_at", "log_index")
        internal = ("drafted_at", "drafted_by", "published_by")
        personal = ()
