"""Tables of places: lines of the duty list, and inspections."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ximu.foundation.models import UID_LENGTH, UidField


class Duty(models.Model):
    """Who answers for a place from a day on. A line is added or ended, never changed: a boundary that moves is two lines."""

    uid = UidField()
    unit = models.CharField("责任单位", max_length=UID_LENGTH, db_index=True, db_comment="责任单位标识")
    kinds = models.JSONField("事项", default=list, db_comment="事项类别，空为全部事项")
    district = models.CharField("区", max_length=UID_LENGTH, db_index=True, db_comment="所在区标识")
    street = models.CharField("街镇", max_length=UID_LENGTH, blank=True, db_comment="所在街镇标识，空为全区")
    road = models.CharField("道路", max_length=40, blank=True, db_comment="道路名称，空为不限道路")
    low = models.PositiveIntegerField("起号", null=True, blank=True, db_comment="号段起，空为整条道路")
    high = models.PositiveIntegerField("止号", null=True, blank=True, db_comment="号段止，空为整条道路")
    side = models.CharField("单双号", max_length=4, blank=True, db_comment="单号、双号，空为两侧")
    site = models.CharField("点位", max_length=60, blank=True, db_comment="小区、楼宇等点位名称，空为不限点位")
    every = models.PositiveSmallIntegerField("巡查周期（天）", null=True, blank=True, db_comment="巡查周期天数，空为不要求巡查")
    basis = models.CharField("依据", max_length=120, db_comment="明确责任的文件")
    since = models.DateField("起始日期", db_comment="起始日期")
    until = models.DateField("终止日期", null=True, blank=True, db_comment="终止日期（不含当日），空为有效")
    entered_at = models.DateTimeField("登记时间", db_comment="登记时间")
    ended_at = models.DateTimeField("终止登记时间", null=True, blank=True, db_comment="登记终止的时间，空为未终止")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, blank=True, db_comment="登记在透明日志中的序号")

    class Meta:
        verbose_name = "责任范围"
        verbose_name_plural = verbose_name
        db_table_comment = "责任清单：某地点某事项自某日起由哪个单位负责"
        constraints = [models.CheckConstraint(condition=Q(until=None, ended_at=None) | Q(until__isnull=False, ended_at__isnull=False),
                                              name="place_duty_end")]

    class Privacy:
        public = ("uid", "unit", "kinds", "district", "street", "road", "low", "high", "side", "site", "every", "basis", "since", "until",
                  "log_index")
        internal = ("entered_at", "ended_at")
        personal = ()


class Inspection(models.Model):
    uid = UidField()
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="inspections", verbose_name="责任范围",
                             db_comment="所巡查的责任范围")
    unit = models.CharField("巡查单位", max_length=UID_LENGTH, db_comment="巡查单位标识")
    on = models.DateField("巡查日期", db_comment="巡查日期")
    found = models.PositiveSmallIntegerField("发现事项", default=0, db_comment="发现的事项数")
    note = models.CharField("记录", max_length=200, db_comment="巡查记录")
    entered_at = models.DateTimeField("登记时间", db_comment="登记时间")

    class Meta:
        verbose_name = "巡查"
        verbose_name_plural = verbose_name
        db_table_comment = "巡查：某责任范围某日由谁巡查、发现几件"
        constraints = [models.UniqueConstraint(fields=["duty", "on"], name="place_inspection_once")]

    class Privacy:
        public = ("uid", "duty", "unit", "on", "found")
        internal = ("note", "entered_at")
        personal = ()
