"""Leads without any way back; acts that are sealed day by day; counts that belong to nobody; figures as they were published."""

from __future__ import annotations

from django.db import models

from ximu.foundation.models import UID_LENGTH


class Lead(models.Model):
    """What was found, in the handler's own words. Nothing here, not even an order or a day, leads back to a report."""

    uid = models.CharField("标识", max_length=UID_LENGTH, primary_key=True, db_comment="随机标识")
    unit = models.CharField("单位", max_length=UID_LENGTH, db_comment="线索所指单位标识")
    topic = models.CharField("类别", max_length=10, db_comment="线索类别")
    origin = models.CharField("来源", max_length=8, db_comment="social社会监督、press新闻媒体、opinion网络舆情、hotline热线")
    words = models.TextField("线索", db_comment="承办人改写的线索，不含举报人信息")
    source = models.CharField("出处", max_length=300, blank=True, db_comment="媒体或网络出处，社会监督线索为空")
    month = models.CharField("月份", max_length=7, db_comment="移送月份")
    once = models.CharField("去重", max_length=64, unique=True, null=True,
                            db_comment="单位、类别、来源、线索、出处的SHA-256，社会监督线索为空")

    class Meta:
        verbose_name = "线索"
        verbose_name_plural = verbose_name
        db_table_comment = "线索：与举报没有任何可对应的关系"

    class Privacy:
        public = ()
        internal = ("uid", "unit", "topic", "origin", "words", "source", "month", "once")
        personal = ()


class Act(models.Model):
    """What was done on a day: a commitment, and the act itself sealed. No link to the report."""

    commitment = models.CharField("承诺", max_length=64, primary_key=True, db_comment="办理事项的加盐承诺")
    day = models.DateField("日期", db_index=True, db_comment="日期，不记时刻")
    sealed = models.TextField("事项", blank=True, db_comment="办理事项与盐（加密，库外密钥），填充行为空")

    class Meta:
        verbose_name = "办理事项"
        verbose_name_plural = verbose_name
        db_table_comment = "举报办理事项：按日封存进入透明日志"

    class Privacy:
        public = ()
        internal = ("commitment", "day")
        personal = ("sealed",)


class DaySeal(models.Model):
    day = models.DateField("日期", unique=True, db_comment="封存的日期")
    root = models.CharField("摘要", max_length=64, db_comment="当日全部承诺（含填充）排序后的摘要")
    leaves = models.PositiveIntegerField("条数", db_comment="含填充的条数，16的倍数")
    at = models.DateTimeField("封存时间", db_comment="次日以后封存的时间")
    log_index = models.PositiveBigIntegerField("日志序号", db_comment="透明日志中的序号")

    class Meta:
        verbose_name = "日封存"
        verbose_name_plural = verbose_name
        db_table_comment = "日封存：一日一条，填充到16的倍数"

    class Privacy:
        public = ("day", "root", "leaves", "at", "log_index")
        internal = ()
        personal = ()


class Hour(models.Model):
    """How much came in an hour, from nobody in particular: wrong codes, reports. Which hour it was, the database does not know."""

    what = models.CharField("事项", max_length=8, db_comment="guess错误查询，report举报")
    hour = models.CharField("时段", max_length=13, db_comment="时段的带密钥摘要，库内不能还原")
    count = models.PositiveIntegerField("次数", default=0, db_comment="次数")

    class Meta:
        verbose_name = "总量"
        verbose_name_plural = verbose_name
        db_table_comment = "每小时总量：不区分来源，用于限速与告警"
        constraints = [models.UniqueConstraint(fields=["what", "hour"], name="m3_hour_once")]

    class Privacy:
        public = ()
        internal = ("what", "hour", "count")
        personal = ()


class Alarm(models.Model):
    """A day on which codes were guessed until look-ups had to be slowed."""

    day = models.DateField("日期", unique=True, db_comment="回执码被大量试探的日期")

    class Meta:
        verbose_name = "试探告警"
        verbose_name_plural = verbose_name
        db_table_comment = "回执码试探告警：一日一条"

    class Privacy:
        public = ()
        internal = ("day",)
        personal = ()


class Quarter(models.Model):
    """The figures of a quarter as they were published: counted once, so that no later count can be taken from them."""

    year = models.PositiveSmallIntegerField("年度", db_comment="年度")
    number = models.PositiveSmallIntegerField("季度", db_comment="季度，1至4")
    smallest = models.PositiveIntegerField("最小单元", db_comment="少于此数不公布")
    tables = models.JSONField("数字", db_comment="已隐去小数的各表")

    class Meta:
        verbose_name = "季度统计"
        verbose_name_plural = verbose_name
        db_table_comment = "季度统计：一次计数，公布后不再变动"
        constraints = [models.UniqueConstraint(fields=["year", "number"], name="m3_quarter_once")]

    class Privacy:
        public = ("year", "number", "smallest", "tables")
        internal = ()
        personal = ()
