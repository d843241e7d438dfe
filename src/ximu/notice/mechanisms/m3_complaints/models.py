"""Sealed reports, their talk and files; leads without any way back; acts that are sealed day by day.

Days, never moments. What could tell of a reporter is sealed under a key outside the database (`foundation.vault`).
"""

from __future__ import annotations

from django.db import models

from ximu.foundation.models import UID_LENGTH, UidField


class Report(models.Model):
    uid = UidField()
    code = models.CharField("回执码散列", max_length=64, unique=True, db_comment="回执码的慢散列，库外密钥")
    state = models.CharField("环节", max_length=10, db_comment="待受理、办理中、请补充、已答复、不予受理")
    topic = models.CharField("类别", max_length=10, db_comment="举报类别代码")
    about = models.JSONField("被举报单位", default=list, db_comment="被举报单位标识")
    officials = models.JSONField("被举报人员", default=list, db_comment="被举报人员在名录中的标识，由受理人认定")
    handler = models.CharField("承办单位", max_length=UID_LENGTH, blank=True, db_index=True, db_comment="承办单位标识，空为无可避嫌的单位")
    officer = models.CharField("承办人", max_length=64, blank=True, db_comment="承办人的人员标识")
    earlier = models.JSONField("曾承办人", default=list, db_comment="曾承办人的人员标识，复查时回避")
    sealed = models.TextField("内容", db_comment="举报内容（加密，库外密钥）")
    masked = models.TextField("遮盖", blank=True, db_comment="遮盖的内容和附件（加密，库外密钥），原文不变")
    named = models.BooleanField("实名", db_comment="是否留有联系方式（另行加密）")
    day = models.DateField("收到日期", db_comment="收到日期，不记时刻")
    due = models.DateField("期限", null=True, blank=True, db_comment="现环节期限")
    due_told = models.JSONField("期限算法", default=dict, db_comment="期限的计算过程")
    left = models.PositiveIntegerField("剩余日数", null=True, blank=True, db_comment="等待举报人补充时办理期限的剩余日数")
    outcome = models.CharField("结论", max_length=10, blank=True, db_comment="办理结论代码")
    closed_on = models.DateField("办结日期", null=True, blank=True, db_comment="办结日期")
    reopened = models.BooleanField("已复查", default=False, db_comment="是否已重新办理过一次")
    lead = models.TextField("待移送线索", blank=True, db_comment="待移送线索（加密），移送后清除")
    lead_on = models.DateField("线索日期", null=True, blank=True, db_comment="形成待移送线索的日期，移送后清除")
    main = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="others", verbose_name="并入",
                             db_comment="重复举报并入的举报")

    class Meta:
        verbose_name = "举报"
        verbose_name_plural = verbose_name
        db_table_comment = "举报：内容加密，不记来源和时刻"

    class Privacy:
        public = ()
        internal = ("uid", "code", "state", "topic", "about", "officials", "handler", "officer", "earlier", "named", "day", "due",
                    "due_told", "left", "outcome", "closed_on", "reopened", "lead_on", "main")
        personal = ("sealed", "masked", "lead")


class Contact(models.Model):
    """Who reported by name; opened only for a purpose, by two persons."""

    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="contact", verbose_name="举报", db_comment="所属举报")
    sealed = models.TextField("联系方式", db_comment="姓名与联系方式（加密，库外密钥）")
    asked_by = models.CharField("申请人员", max_length=64, blank=True, db_comment="申请查看的人员标识")
    purpose = models.CharField("用途", max_length=200, blank=True, db_comment="查看用途")

    class Meta:
        verbose_name = "举报人联系方式"
        verbose_name_plural = verbose_name
        db_table_comment = "举报人联系方式：单独加密，两人同意方可查看"

    class Privacy:
        public = ()
        internal = ("report", "asked_by", "purpose")
        personal = ("sealed",)


class Message(models.Model):
    """The talk between reporter and handler."""

    uid = UidField()
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="messages", verbose_name="举报", db_comment="所属举报")
    sender = models.CharField("发送方", max_length=8, db_comment="reporter举报人，office承办方")
    sealed = models.TextField("内容", db_comment="内容（加密，库外密钥）")
    day = models.DateField("日期", db_comment="日期，不记时刻")

    class Meta:
        verbose_name = "补充与答复"
        verbose_name_plural = verbose_name
        db_table_comment = "举报人与承办方的往来，内容加密"
        ordering = ["pk"]

    class Privacy:
        public = ()
        internal = ("uid", "report", "sender", "day")
        personal = ("sealed",)


class Attachment(models.Model):
    """A cleaned file, sealed in the database; neither its name nor its digest as delivered is kept."""

    uid = UidField()
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="attachments", verbose_name="举报", db_comment="所属举报")
    kind = models.CharField("种类", max_length=5, db_comment="jpeg、png或text")
    sealed = models.BinaryField("内容", db_comment="去除元数据后的内容（加密，库外密钥）")
    day = models.DateField("日期", db_comment="日期，不记时刻")

    class Meta:
        verbose_name = "举报附件"
        verbose_name_plural = verbose_name
        db_table_comment = "举报附件：去除元数据后加密保存，不留文件名"
        ordering = ["pk"]

    class Privacy:
        public = ()
        internal = ("uid", "report", "kind", "day")
        personal = ("sealed",)


class Sent(models.Model):
    """A form that was sent: a digest of its nonce, so that sending it again makes no second report. Forgotten after two days."""

    nonce = models.CharField("表单散列", max_length=64, primary_key=True, db_comment="表单随机数的散列，两日后删除")
    day = models.DateField("日期", db_index=True, db_comment="日期")

    class Meta:
        verbose_name = "已提交表单"
        verbose_name_plural = verbose_name
        db_table_comment = "已提交表单：防止重复，两日后删除"

    class Privacy:
        public = ()
        internal = ("nonce", "day")
        personal = ()


class Lead(models.Model):
    """What was found, in the handler's own words. Nothing here, not even an order or a day, leads back to a report."""

    uid = models.CharField("标识", max_length=UID_LENGTH, primary_key=True, db_comment="随机标识")
    unit = models.CharField("单位", max_length=UID_LENGTH, db_comment="线索所指单位标识")
    topic = models.CharField("类别", max_length=10, db_comment="线索类别")
    origin = models.CharField("来源", max_length=8, db_comment="social社会监督、press新闻媒体、opinion网络舆情")
    words = models.TextField("线索", db_comment="承办人改写的线索，不含举报人信息")
    source = models.CharField("出处", max_length=300, blank=True, db_comment="媒体或网络出处，社会监督线索为空")
    month = models.CharField("月份", max_length=7, db_comment="移送月份")

    class Meta:
        verbose_name = "线索"
        verbose_name_plural = verbose_name
        db_table_comment = "线索：与举报没有任何可对应的关系"

    class Privacy:
        public = ()
        internal = ("uid", "unit", "topic", "origin", "words", "source", "month")
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
