"""Sealed reports, their talk and files. Days, never moments.

What could tell of a reporter is sealed under a key of that report alone (`keys.Wrap`, `Report.code_key`), which lies open nowhere.
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
    code_key = models.TextField("回执码钥匙", blank=True, db_comment="本件密钥，用由回执码得出的密钥加密")
    sealed = models.TextField("内容", db_comment="举报内容（用本件密钥加密）")
    masked = models.TextField("遮盖", blank=True, db_comment="遮盖的内容和附件（用本件密钥加密），原文不变")
    named = models.BooleanField("实名", db_comment="是否留有联系方式（另行加密）")
    day = models.DateField("收到日期", db_comment="收到日期，不记时刻")
    due = models.DateField("期限", null=True, blank=True, db_comment="现环节期限")
    due_told = models.JSONField("期限算法", default=dict, db_comment="期限的计算过程")
    extended = models.CharField("延期", max_length=8, blank=True, db_comment="空为未延期，asked待第二人同意，granted已同意")
    extend_by = models.CharField("延期申请人", max_length=64, blank=True, db_comment="申请延长办理期限的人员标识")
    extend_why = models.TextField("延期理由", blank=True, db_comment="延长办理期限的理由（用本件密钥加密）")
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
                    "due_told", "extended", "extend_by", "left", "outcome", "closed_on", "reopened", "lead_on", "main")
        personal = ("code_key", "sealed", "masked", "extend_why", "lead")


class Contact(models.Model):
    """Who reported by name; opened only for a purpose, by two persons."""

    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="contact", verbose_name="举报", db_comment="所属举报")
    sealed = models.TextField("联系方式", db_comment="姓名与联系方式（用本件密钥加密）")
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
    sealed = models.TextField("内容", db_comment="内容（用本件密钥加密）")
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
    kind = models.CharField("种类", max_length=5, db_comment="jpeg、png、text、pdf、docx或xlsx")
    sealed = models.BinaryField("内容", db_comment="去除元数据后的内容（用本件密钥加密）")
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
