"""The ledger of effects: what each version of a record set in motion, and how it ended."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ximu.foundation.models import UID_LENGTH, UidField


class Effect(models.Model):
    """One line: a publication, share, measure, score or certificate made from one version of one record."""

    uid = UidField()
    number = models.CharField("记录编号", max_length=13, db_comment="所据记录编号")
    version = models.SmallIntegerField("版本", db_comment="所据记录版本")
    kind = models.CharField("类别", max_length=12, db_comment="公开、共享、措施、计分或证明")
    target = models.CharField("对象", max_length=80, db_comment="页面、接收方、措施或计分批次的标识")
    unit = models.CharField("责任单位", max_length=UID_LENGTH, blank=True, db_comment="负责确认停止的单位标识")
    policy = models.CharField("策略", max_length=60, blank=True, db_comment="所据公开策略或办法的版次")
    edition = models.CharField("清单版次", max_length=20, blank=True, db_comment="所据清单版次")
    state = models.CharField("状态", max_length=8, default="live", db_comment="有效、停止中、已停止或未确认")
    paused = models.BooleanField("暂停", default=False, db_comment="异议逾期未决时暂停")
    made_at = models.DateTimeField("产生时间", db_comment="产生时间")
    cause = models.CharField("停止原因", max_length=12, blank=True, db_comment="修复、撤销、期满、删除或更正")
    stopping_at = models.DateTimeField("发令时间", null=True, db_comment="发出停止令的时间，未停为空")
    attempts = models.PositiveSmallIntegerField("次数", default=0, db_comment="已发停止令次数")
    receipt = models.CharField("回执", max_length=200, blank=True, db_comment="停止的回执")
    ended_at = models.DateTimeField("停止时间", null=True, db_comment="收到回执的时间，未停为空")

    class Meta:
        verbose_name = "效果"
        verbose_name_plural = verbose_name
        db_table_comment = "效果台账：一行一个效果，撤回须有回执，否则列为未确认"
        constraints = [
            models.UniqueConstraint(fields=["number", "version", "kind", "target"], name="effect_once"),
            models.CheckConstraint(condition=~Q(state="stopped") | (Q(ended_at__isnull=False) & ~Q(receipt="")), name="effect_receipt"),
            models.CheckConstraint(condition=Q(state="live", cause="") | (~Q(state="live") & ~Q(cause="")), name="effect_cause"),
        ]
        indexes = [
            models.Index(fields=["state", "number"], name="effect_state"), models.Index(fields=["unit", "state"], name="effect_unit"),
        ]

    class Privacy:
        public = ()
        internal = ("uid", "number", "version", "kind", "target", "unit", "policy", "edition", "state", "paused", "made_at", "cause",
                    "stopping_at", "attempts", "receipt", "ended_at")
        personal = ()
