"""A paper with places blacked out, made by one person and approved by another; the original lies apart."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ximu.foundation.models import UidField
from ximu.ideas.casework.models.cases import PERSON_LENGTH, CaseFile


class Redaction(models.Model):
    """A redacted form of a paper. Where one is approved, whoever may not have the original gets this."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待批准"
        APPROVED = "approved", "已批准"
        REFUSED = "refused", "未批准"
        REPLACED = "replaced", "已被替换"

    uid = UidField()
    file = models.ForeignKey(CaseFile, models.PROTECT, related_name="redactions", verbose_name="材料", db_comment="被遮盖的材料")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PROPOSED, db_comment="待批准、已批准、未批准、已被替换")
    regions = models.JSONField("遮盖处", default=list, db_comment="每处的页码、四边占页面的百分比、事由代码；可能反映个人信息所在")
    version = models.CharField("规则版本", max_length=20, db_comment="遮盖规则的版本")
    digest = models.CharField("摘要", max_length=64, db_comment="遮盖件内容的SHA-256")
    size = models.BigIntegerField("大小", db_comment="遮盖件字节数")
    proposed_at = models.DateTimeField("提出时间", db_comment="提出时间")
    proposed_by = models.CharField("提出人", max_length=PERSON_LENGTH, db_comment="提出人的化名标识")
    decided_at = models.DateTimeField("决定时间", null=True, db_comment="决定时间，未决定为空")
    decided_by = models.CharField("决定人", max_length=PERSON_LENGTH, blank=True, db_comment="决定人的化名标识，与提出人不同")

    class Meta:
        verbose_name = "材料遮盖"
        verbose_name_plural = verbose_name
        db_table_comment = "材料遮盖：遮盖件及其事由，一人提出一人批准，原件另存"
        constraints = [
            models.UniqueConstraint(fields=["file"], condition=Q(state="proposed"), name="redaction_one_open"),
            models.UniqueConstraint(fields=["file"], condition=Q(state="approved"), name="redaction_one_valid"),
            models.CheckConstraint(condition=Q(decided_at__isnull=True, decided_by="") | Q(decided_at__isnull=False) & ~Q(decided_by=""),
                                   name="redaction_decided"),
        ]
        indexes = [models.Index(fields=["digest"], name="redaction_digest")]

    class Privacy:
        public = ()
        internal = ("uid", "file", "state", "version", "digest", "size", "proposed_at", "proposed_by", "decided_at", "decided_by")
        personal = ("regions",)
