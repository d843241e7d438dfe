"""Alarms as they were raised and what became of each; how often each rule rings in quiet times; where data are silent."""

from __future__ import annotations

from django.db import models

from ximu.foundation.models import UID_LENGTH, UidField


class Alarm(models.Model):
    uid = UidField()
    source = models.CharField("来源", max_length=20, db_comment="提出预警的领域代码")
    rule = models.CharField("规则", max_length=40, db_comment="预警规则代码")
    level = models.CharField("等级", max_length=10, db_comment="yellow黄 orange橙 red红")
    unit = models.CharField("单位", max_length=40, db_comment="预警所指单位标识")
    about = models.CharField("事项", max_length=80, blank=True, db_comment="所指事项、专题或指标")
    period = models.CharField("期间", max_length=20, db_comment="所指期间")
    words_zh = models.CharField("说明", max_length=400, db_comment="预警说明")
    words_en = models.CharField("英文说明", max_length=400, db_comment="预警英文说明")
    basis = models.JSONField("依据", default=dict, blank=True,
                             db_comment="期望值、实际值、上界、样本、同批检验数、错误发现率、平静期误报率")
    raised_at = models.DateTimeField("提出时间", db_comment="提出时间")
    case = models.CharField("办件", max_length=UID_LENGTH, blank=True, db_comment="核实的办件标识，黄色预警不开办件")
    outcome = models.CharField("结论", max_length=10, blank=True, db_comment="true属实 false误报 unclear无法判断，空为待定")
    cause = models.CharField("原因", max_length=400, blank=True, db_comment="核实的原因")
    decided_at = models.DateTimeField("核实时间", null=True, blank=True, db_comment="核实时间")
    decider = models.CharField("核实人员", max_length=64, blank=True, db_comment="核实人的人员标识")

    class Meta:
        verbose_name = "预警"
        verbose_name_plural = verbose_name
        db_table_comment = "预警及其核实结论"
        constraints = [models.UniqueConstraint(fields=["source", "rule", "unit", "about", "period"], name="warnings_alarm_once")]

    class Privacy:
        public = ()
        internal = ("uid", "source", "rule", "level", "unit", "about", "period", "words_zh", "words_en", "basis",
                    "raised_at", "case", "outcome", "cause", "decided_at", "decider")
        personal = ()


class BackTest(models.Model):
    """A rule tried on history: how often it rang in times that were not known to be loud."""

    source = models.CharField("来源", max_length=20, db_comment="提出预警的领域代码")
    rule = models.CharField("规则", max_length=40, db_comment="预警规则代码")
    first = models.DateField("自", db_comment="回测所用历史的第一天")
    last = models.DateField("至", db_comment="回测所用历史的最后一天")
    judged = models.PositiveIntegerField("判定数", db_comment="判定的序列与期数，已属实的除外")
    alarms = models.PositiveIntegerField("误报数", db_comment="其中报警而未属实的次数")
    per_year = models.FloatField("每年期数", db_comment="一个序列一年的期数")
    manifest = models.CharField("块清单摘要", max_length=64, blank=True, db_comment="所用数据的块清单摘要")
    made_at = models.DateTimeField("回测时间", db_comment="回测时间")

    class Meta:
        verbose_name = "规则回测"
        verbose_name_plural = verbose_name
        db_table_comment = "预警规则在历史数据上的误报"
        constraints = [models.UniqueConstraint(fields=["source", "rule", "last", "manifest"], name="warnings_back_test_once")]

    class Privacy:
        public = ()
        internal = ("source", "rule", "first", "last", "judged", "alarms", "per_year", "manifest", "made_at")
        personal = ()


class Silence(models.Model):
    """No data, or a series that fell silent: a state of its own, never taken for calm."""

    uid = UidField()
    source = models.CharField("来源", max_length=20, db_comment="发现无数据的领域代码")
    kind = models.CharField("情形", max_length=10, db_comment="no_data未报送 silent序列沉默")
    unit = models.CharField("单位", max_length=40, blank=True, db_comment="单位标识，空为全市")
    about = models.CharField("事项", max_length=80, blank=True, db_comment="所指数据集或专题")
    first = models.DateField("自", db_comment="无数据或沉默的第一天")
    last = models.DateField("至", db_comment="无数据或沉默的最后一天")
    words_zh = models.CharField("说明", max_length=400, db_comment="说明")
    words_en = models.CharField("英文说明", max_length=400, db_comment="英文说明")
    noticed_at = models.DateTimeField("发现时间", db_comment="发现时间")
    ended_at = models.DateTimeField("解除时间", null=True, blank=True, db_comment="数据补到或恢复的时间")

    class Meta:
        verbose_name = "无数据"
        verbose_name_plural = verbose_name
        db_table_comment = "没有数据或沉默的序列，不作平静处理"
        constraints = [models.UniqueConstraint(fields=["source", "kind", "unit", "about", "first"], name="warnings_silence_once")]

    class Privacy:
        public = ()
        internal = ("uid", "source", "kind", "unit", "about", "first", "last", "words_zh", "words_en", "noticed_at", "ended_at")
        personal = ()
