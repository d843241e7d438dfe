"""Matters found at places, and projects of governance at a named site of the duty list."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ximu.foundation.models import UID_LENGTH, UidField


class Matter(models.Model):
    """Something found at a place on a day. How it goes on lies in its cases; the days stand here too, so that any day can be judged."""

    uid = UidField()
    kind = models.CharField("事项", max_length=8, db_comment="事项类别")
    title = models.CharField("事由", max_length=80, db_comment="事由，不写门牌和姓名")
    place = models.CharField("地点", max_length=200, db_comment="地址，可能含个人信息")
    origin = models.CharField("来源", max_length=8, db_comment="巡查、举报、热线、网格、治理项目、其他")
    ref = models.CharField("来源编号", max_length=64, blank=True, db_comment="热线工单号等来源编号")
    site = models.CharField("治理点位", max_length=UID_LENGTH, blank=True, db_index=True,
                            db_comment="治理项目所在点位（责任清单的一条），空为一般事项")
    found_at = models.DateTimeField("发现时间", db_comment="发现时间，按当日确定责任单位")
    entered_at = models.DateTimeField("登记时间", db_comment="登记时间")
    finder = models.CharField("登记单位", max_length=UID_LENGTH, blank=True, db_comment="登记人所在单位当日的标识，空为无单位")
    entered_by = models.CharField("登记人", max_length=64, db_comment="登记人的化名标识")
    is_new = models.BooleanField("新增违法建筑", default=False, db_comment="是否新增违法建筑")
    building = models.BooleanField("正在搭建", default=False, db_comment="是否正在搭建")
    how = models.CharField("匹配", max_length=8, db_comment="唯一、交界、无")
    units = models.JSONField("清单单位", default=list, db_comment="责任清单上的单位标识，交界有多个")
    unit = models.CharField("责任单位", max_length=UID_LENGTH, blank=True, db_index=True, db_comment="责任单位标识，空为待明确")
    fixed = models.BooleanField("指定", default=False, db_comment="是否经指定或认领，此后不得退回")
    dispatched_at = models.DateTimeField("派遣时间", null=True, blank=True, db_comment="派遣时间，空为未派遣")
    site_by = models.DateTimeField("到场期限", null=True, blank=True, db_comment="到场期限，空为未派遣或者不要求")
    arrived_at = models.DateTimeField("到场时间", null=True, blank=True, db_comment="到场时间，空为未到场")
    fix_by = models.DateField("处置期限", null=True, blank=True, db_comment="处置期限末日，不因升级或退回而改变")
    order_by = models.DateField("决定期限", null=True, blank=True, db_comment="违法建筑作出处理决定的期限")
    ordered_on = models.DateField("决定日期", null=True, blank=True, db_comment="作出处理决定的日期")
    removed_at = models.DateTimeField("拆除时间", null=True, blank=True, db_comment="违法建筑报告拆除的时间，退回则清空")
    done_on = models.DateField("处置日期", null=True, blank=True, db_comment="报告处置完成的日期，退回则清空")
    past = models.JSONField("退回前", default=list, db_comment="每次退回前的责任单位和日期，按当时所知计算指标所用")
    tell_by = models.DateField("反馈期限", null=True, blank=True, db_comment="向举报人反馈的期限，空为无举报人")
    told_on = models.DateField("反馈日期", null=True, blank=True, db_comment="向举报人反馈的日期")
    lapsed_on = models.DateField("无人认领", null=True, blank=True, db_comment="交界事项无单位认领之日")
    escalated_at = models.DateTimeField("升级时间", null=True, blank=True, db_comment="逾期升级的时间，只升级一次")
    closed_on = models.DateField("结案日期", null=True, blank=True, db_comment="经他人核查结案的日期")
    closed_as = models.CharField("结案方式", max_length=10, blank=True, db_comment="结案或不属实")

    class Meta:
        verbose_name = "城市管理事项"
        verbose_name_plural = verbose_name
        db_table_comment = "城市管理事项：隐患、违建、脏乱、治理项目，其地点、责任单位与期限"
        indexes = [models.Index(fields=["closed_on", "found_at"], name="d07_matter_open")]
        constraints = [
            models.UniqueConstraint(fields=["origin", "ref"], condition=~Q(ref=""), name="d07_matter_once"),
            models.CheckConstraint(condition=Q(closed_on=None, closed_as="") | (Q(closed_on__isnull=False) & ~Q(closed_as="")),
                                   name="d07_matter_closed"),
            models.CheckConstraint(condition=Q(dispatched_at=None) | ~Q(unit=""), name="d07_matter_unit")]

    class Privacy:
        public = ()
        internal = ("uid", "kind", "title", "origin", "ref", "site", "found_at", "entered_at", "finder", "entered_by", "is_new", "building",
                    "how", "units", "unit", "fixed", "dispatched_at", "site_by", "arrived_at", "fix_by", "order_by", "ordered_on",
                    "removed_at", "done_on", "past", "tell_by", "told_on", "lapsed_on", "escalated_at", "closed_on", "closed_as")
        personal = ("place",)
