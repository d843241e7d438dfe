"""Alarms as they were raised, and what became of each: from their outcomes a rule's precision is known."""

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
        internal = ("uid", "source", "rule", "level", "unit", "about", "period", "words_zh", "words_en", "raised_at", "case", "outcome",
                    "cause",
                    "decided_at", "decider")
        personal = ()
