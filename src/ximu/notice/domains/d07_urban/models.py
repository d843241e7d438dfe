"""The duty list, matters found at places, inspections, sites under comprehensive governance and their projects."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ximu.foundation.models import UID_LENGTH, UidField

PERSON = 64


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
        verbose_name = "责任清单"
        verbose_name_plural = verbose_name
        db_table_comment = "责任清单：某地点某事项自某日起由哪个单位负责"
        constraints = [models.CheckConstraint(condition=Q(until=None, ended_at=None) | Q(until__isnull=False, ended_at__isnull=False),
                                              name="d07_duty_end")]

    class Privacy:
        public = ("uid", "unit", "kinds", "district", "street", "road", "low", "high", "side", "site", "every", "basis", "since", "until",
                  "log_index")
        internal = ("entered_at", "ended_at")
        personal = ()


class Matter(models.Model):
    """Something found at a place on a day. How it goes on lies in its cases; the days stand here too, so that any day can be judged."""

    uid = UidField()
    kind = models.CharField("事项", max_length=8, db_comment="事项类别")
    title = models.CharField("事由", max_length=80, db_comment="事由，不写门牌和姓名")
    place = models.CharField("地点", max_length=200, db_comment="地址，可能含个人信息")
    origin = models.CharField("来源", max_length=8, db_comment="巡查、举报、热线、网格、其他")
    ref = models.CharField("来源编号", max_length=64, blank=True, db_comment="热线工单号等来源编号")
    found_at = models.DateTimeField("发现时间", db_comment="发现时间，按当日确定责任单位")
    entered_at = models.DateTimeField("登记时间", db_comment="登记时间")
    entered_by = models.CharField("登记人", max_length=PERSON, db_comment="登记人的化名标识")
    is_new = models.BooleanField("新增违法建筑", default=False, db_comment="是否新增违法建筑")
    building = models.BooleanField("正在搭建", default=False, db_comment="是否正在搭建")
    how = models.CharField("匹配", max_length=8, db_comment="唯一、交界、无")
    units = models.JSONField("清单单位", default=list, db_comment="责任清单上的单位标识，交界有多个")
    unit = models.CharField("责任单位", max_length=UID_LENGTH, blank=True, db_index=True, db_comment="责任单位标识，空为待明确")
    fixed = models.BooleanField("指定", default=False, db_comment="是否由综合管理部门指定，指定后不得退回")
    dispatched_at = models.DateTimeField("派遣时间", null=True, blank=True, db_comment="派遣时间，空为未派遣")
    site_by = models.DateTimeField("到场期限", null=True, blank=True, db_comment="到场期限，空为未派遣")
    arrived_at = models.DateTimeField("到场时间", null=True, blank=True, db_comment="到场时间，空为未到场")
    fix_by = models.DateField("处置期限", null=True, blank=True, db_comment="处置期限末日，不因升级或退回而改变")
    order_by = models.DateField("决定期限", null=True, blank=True, db_comment="违法建筑作出处理决定的期限")
    ordered_on = models.DateField("决定日期", null=True, blank=True, db_comment="作出处理决定的日期")
    removed_at = models.DateTimeField("拆除时间", null=True, blank=True, db_comment="拆除、消除的时间，以单位报告并经核查为准")
    done_on = models.DateField("处置日期", null=True, blank=True, db_comment="报告处置完成的日期，退回则清空")
    tell_by = models.DateField("反馈期限", null=True, blank=True, db_comment="向举报人反馈的期限，空为无举报人")
    told_on = models.DateField("反馈日期", null=True, blank=True, db_comment="向举报人反馈的日期")
    lapsed_on = models.DateField("无人认领", null=True, blank=True, db_comment="交界事项期限内无人认领之日")
    escalated_at = models.DateTimeField("升级时间", null=True, blank=True, db_comment="逾期升级的时间，只升级一次")
    closed_on = models.DateField("结案日期", null=True, blank=True, db_comment="经他人核查结案的日期")
    closed_as = models.CharField("结案方式", max_length=10, blank=True, db_comment="结案或不属实")

    class Meta:
        verbose_name = "城市管理事项"
        verbose_name_plural = verbose_name
        db_table_comment = "城市管理事项：隐患、违建、脏乱等，地点、责任单位与期限"
        indexes = [models.Index(fields=["closed_on", "found_at"], name="d07_matter_open")]
        constraints = [
            models.UniqueConstraint(fields=["origin", "ref"], condition=~Q(ref=""), name="d07_matter_once"),
            models.CheckConstraint(condition=Q(closed_on=None, closed_as="") | (Q(closed_on__isnull=False) & ~Q(closed_as="")),
                                   name="d07_matter_closed"),
            models.CheckConstraint(condition=Q(dispatched_at=None) | ~Q(unit=""), name="d07_matter_unit")]

    class Privacy:
        public = ()
        internal = ("uid", "kind", "title", "origin", "ref", "found_at", "entered_at", "entered_by", "is_new", "building", "how", "units",
                    "unit", "fixed", "dispatched_at", "site_by", "arrived_at", "fix_by", "order_by", "ordered_on", "removed_at", "done_on",
                    "tell_by", "told_on", "lapsed_on", "escalated_at", "closed_on", "closed_as")
        personal = ("place",)


class Patrol(models.Model):
    uid = UidField()
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="patrols", verbose_name="责任范围", db_comment="所巡查的责任范围")
    unit = models.CharField("巡查单位", max_length=UID_LENGTH, db_comment="巡查单位标识")
    on = models.DateField("巡查日期", db_comment="巡查日期")
    found = models.PositiveSmallIntegerField("发现事项", default=0, db_comment="发现并登记的事项数")
    note = models.CharField("记录", max_length=200, db_comment="巡查记录")
    entered_at = models.DateTimeField("登记时间", db_comment="登记时间")

    class Meta:
        verbose_name = "巡查"
        verbose_name_plural = verbose_name
        db_table_comment = "巡查：某责任范围某日由谁巡查、发现几件"
        constraints = [models.UniqueConstraint(fields=["duty", "on"], name="d07_patrol_once")]

    class Privacy:
        public = ("uid", "duty", "unit", "on", "found")
        internal = ("note", "entered_at")
        personal = ()


class Site(models.Model):
    """An estate or a commercial building used as dwellings (类住宅) under comprehensive governance."""

    uid = UidField()
    kind = models.CharField("类别", max_length=8, db_comment="住宅小区或类住宅")
    name = models.CharField("名称", max_length=60, db_comment="小区或楼宇名称")
    district = models.CharField("区", max_length=UID_LENGTH, db_comment="所在区标识")
    street = models.CharField("街镇", max_length=UID_LENGTH, blank=True, db_comment="所在街镇标识")
    unit = models.CharField("责任单位", max_length=UID_LENGTH, db_index=True, db_comment="综合治理责任单位标识")
    basis = models.CharField("依据", max_length=120, db_comment="列入综合治理的文件")
    listed_on = models.DateField("列入日期", db_comment="列入日期")
    entered_at = models.DateTimeField("登记时间", db_comment="登记时间")

    class Meta:
        verbose_name = "综合治理点位"
        verbose_name_plural = verbose_name
        db_table_comment = "综合治理点位：住宅小区与类住宅"
        constraints = [models.UniqueConstraint(fields=["kind", "district", "name"], name="d07_site_once")]

    class Privacy:
        public = ("uid", "kind", "name", "district", "street", "unit", "basis", "listed_on")
        internal = ("entered_at",)
        personal = ()


class Project(models.Model):
    uid = UidField()
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="projects", verbose_name="点位", db_comment="所在点位")
    title = models.CharField("治理项目", max_length=80, db_comment="治理项目名称")
    unit = models.CharField("实施单位", max_length=UID_LENGTH, db_index=True, db_comment="实施单位标识")
    listed_on = models.DateField("列入日期", db_comment="列入日期")
    due_on = models.DateField("完成期限", db_comment="完成期限")
    entered_at = models.DateTimeField("登记时间", db_comment="登记时间")
    done_on = models.DateField("完成日期", null=True, blank=True, db_comment="报告完成的日期，退回则清空")
    done_by = models.CharField("报告人", max_length=PERSON, blank=True, db_comment="报告完成人的化名标识")
    evidence = models.CharField("材料摘要", max_length=64, blank=True, db_comment="完成材料的SHA-256")
    checked_on = models.DateField("核查日期", null=True, blank=True, db_comment="由他人核查属实的日期")
    checked_by = models.CharField("核查人", max_length=PERSON, blank=True, db_comment="核查人的化名标识")
    returned = models.PositiveSmallIntegerField("退回次数", default=0, db_comment="核查不属实退回的次数")

    class Meta:
        verbose_name = "综合治理项目"
        verbose_name_plural = verbose_name
        db_table_comment = "综合治理项目：列入、完成、由他人核查"
        constraints = [
            models.UniqueConstraint(fields=["site", "title"], name="d07_project_once"),
            models.CheckConstraint(condition=Q(checked_on=None) | (Q(done_on__isnull=False) & ~Q(done_by=models.F("checked_by"))),
                                   name="d07_project_dual")]

    class Privacy:
        public = ("uid", "site", "title", "unit", "listed_on", "due_on", "done_on", "checked_on")
        internal = ("entered_at", "done_by", "evidence", "checked_by", "returned")
        personal = ()
