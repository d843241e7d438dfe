"""Agencies with their keys, reports and revocations as they signed them, uses of reports. There is no column for who is rated."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ximu.foundation.models import UID_LENGTH, UidField


class Issuer(models.Model):
    """A credit agency with one key; a new key is a new row. Listed by two people."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待确认"
        LISTED = "listed", "在册"
        REFUSED = "refused", "不予登记"
        CLOSED = "closed", "已退出"

    uid = UidField()
    code = models.CharField("统一社会信用代码", max_length=18, db_index=True, db_comment="信用服务机构的统一社会信用代码")
    name = models.CharField("机构名称", max_length=120, db_comment="信用服务机构名称")
    key = models.CharField("公钥", max_length=200, db_comment="签发报告声明的Ed25519公钥，一钥一登；不予登记的不占用")
    basis = models.CharField("备案文号", max_length=120, db_comment="机构备案或登记所依据的文号")
    since = models.DateField("列入日期", db_comment="自何日起在册")
    state = models.CharField("状态", max_length=8, choices=State, default=State.PROPOSED, db_comment="待确认、在册、不予登记、已退出")
    proposed_at = models.DateTimeField("提出时间", db_comment="提出时间")
    proposer = models.CharField("提出人员", max_length=64, db_comment="提出人的人员标识，用于双人原则")
    decided_at = models.DateTimeField("确认时间", null=True, blank=True, db_comment="确认或不予登记的时间")
    until = models.DateField("退出日期", null=True, blank=True, db_comment="自何日起不在册，空为在册")
    distrusted = models.DateField("密钥失信日期", null=True, blank=True, db_comment="自何日起该密钥签发的报告不可信，空为可信")
    ending = models.CharField("退出依据", max_length=200, blank=True, db_comment="退出登记的依据")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, blank=True, db_comment="确认在透明日志中的序号")

    class Meta:
        verbose_name = "信用报告发行机构"
        verbose_name_plural = verbose_name
        db_table_comment = "信用报告发行机构登记册：机构、公钥、在册起止；双人登记"
        constraints = [models.UniqueConstraint(fields=["key"], condition=~Q(state="refused"), name="credit_key_once")]

    class Privacy:
        public = ("uid", "code", "name", "key", "basis", "since", "state", "until", "distrusted", "log_index")
        internal = ("proposed_at", "proposer", "decided_at", "ending")
        personal = ()


class Report(models.Model):
    """A report as its issuer signed it, or a lead without signature. Who is reported on has no column: only the file names him."""

    uid = UidField()
    issuer = models.ForeignKey(Issuer, models.PROTECT, related_name="reports", verbose_name="发行机构", db_comment="发行机构（所用公钥）")
    code = models.CharField("机构代码", max_length=18, db_comment="发行机构的统一社会信用代码")
    number = models.CharField("报告编号", max_length=40, db_comment="发行机构的报告编号，只含字母数字")
    issued_on = models.DateField("出具日期", db_comment="报告出具日期")
    expires_on = models.DateField("有效期至", db_comment="报告有效期的最后一日")
    standard = models.CharField("评价标准", max_length=40, blank=True, db_comment="报告所用的评价标准版本，空为机构自有标准")
    grade = models.CharField("等级", max_length=4, blank=True, db_comment="报告给出的等级，空为未给出")
    document = models.CharField("文件摘要", max_length=64, db_comment="报告文件的SHA-256；文件本身不保存")
    note = models.TextField("声明", blank=True, db_comment="发行机构签名的声明全文，空为未签名（线索）")
    unit = models.CharField("提交单位", max_length=UID_LENGTH, db_index=True, db_comment="提交报告的单位标识")
    lodged_at = models.DateTimeField("提交时间", db_comment="提交时间")
    signed_at = models.DateTimeField("签名核验时间", null=True, blank=True, db_comment="签名核验通过的时间，空为线索")
    log_index = models.PositiveBigIntegerField("日志序号", db_comment="提交在透明日志中的序号")

    class Meta:
        verbose_name = "第三方信用报告"
        verbose_name_plural = verbose_name
        db_table_comment = "第三方信用报告：发行机构、起止、文件摘要、签名声明；不含被评价者"
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], condition=~Q(note=""), name="credit_report_once"),
            models.UniqueConstraint(fields=["code", "number", "document", "issued_on", "expires_on"], condition=Q(note=""),
                                    name="credit_lead_once"),
            models.CheckConstraint(condition=Q(note="", signed_at__isnull=True) | (~Q(note="") & Q(signed_at__isnull=False)),
                                   name="credit_signed_pair"),
        ]

    class Privacy:
        public = ()
        internal = ("uid", "issuer", "code", "number", "issued_on", "expires_on", "standard", "grade", "document", "note", "unit",
                    "lodged_at", "signed_at", "log_index")
        personal = ()


class Revoked(models.Model):
    """A report is worth nothing from a day on. It may come before the report was lodged here, and is then waiting for it."""

    uid = UidField()
    code = models.CharField("机构代码", max_length=18, db_comment="发行机构的统一社会信用代码")
    number = models.CharField("报告编号", max_length=40, db_comment="发行机构的报告编号")
    revoked_on = models.DateField("撤销日期", db_comment="自何日起无效")
    reason = models.CharField("原因", max_length=12, db_comment="差错、虚假、事实变化、撤回")
    note = models.TextField("声明", blank=True, db_comment="发行机构签名的撤销声明，空为凭文件登记")
    basis = models.CharField("文号", max_length=120, blank=True, db_comment="没有签名时所凭的文件文号")
    known_at = models.DateTimeField("得知时间", db_comment="本系统得知的时间")
    log_index = models.PositiveBigIntegerField("日志序号", db_comment="在透明日志中的序号")

    class Meta:
        verbose_name = "报告撤销"
        verbose_name_plural = verbose_name
        db_table_comment = "信用报告的撤销：签名声明或文件文号，只增不改"
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="credit_revoked_once"),
            models.CheckConstraint(condition=~Q(note="") | ~Q(basis=""), name="credit_revoked_by"),
        ]

    class Privacy:
        public = ()
        internal = ("uid", "code", "number", "revoked_on", "reason", "note", "basis", "known_at", "log_index")
        personal = ()


class Use(models.Model):
    """A report was used in a matter of a government unit: good at that time, as checked then. What is learned later is shown beside it."""

    uid = UidField()
    report = models.ForeignKey(Report, models.PROTECT, related_name="uses", verbose_name="报告", db_comment="所用报告")
    area = models.CharField("领域", max_length=8, db_comment="在哪个重点领域使用，如D3")
    about = models.CharField("事项", max_length=40, db_comment="所用于的事项编号，如标段编号")
    unit = models.CharField("使用单位", max_length=UID_LENGTH, db_index=True, db_comment="使用报告的政府单位标识")
    used_on = models.DateField("使用日期", db_comment="使用日期，按当日核验")
    used_at = models.DateTimeField("使用时间", db_comment="使用登记时间")
    log_index = models.PositiveBigIntegerField("日志序号", db_comment="在透明日志中的序号")

    class Meta:
        verbose_name = "报告使用"
        verbose_name_plural = verbose_name
        db_table_comment = "信用报告在政府单位事项中的使用：使用时核验有效，只增不改"
        constraints = [models.UniqueConstraint(fields=["report", "area", "about"], name="credit_used_once")]
        indexes = [models.Index(fields=["area", "about"], name="credit_use_about")]

    class Privacy:
        public = ("uid", "area", "about", "unit", "used_on", "log_index")
        internal = ("report", "used_at")
        personal = ()
