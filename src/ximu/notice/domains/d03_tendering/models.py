"""Credit agencies with their keys, reports and revocations as they signed them, uses of reports, standards in force. No column for anybody rated."""

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
    key = models.CharField("公钥", max_length=200, unique=True, db_comment="签发报告声明的Ed25519公钥，一钥一登")
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

    class Privacy:
        public = ("uid", "code", "name", "key", "basis", "since", "state", "until", "distrusted", "log_index")
        internal = ("proposed_at", "proposer", "decided_at", "ending")
        personal = ()


class Report(models.Model):
    """A report as its issuer signed it, or a lead without signature. Who is reported on has no column: the file names him, and is not kept."""

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
            models.UniqueConstraint(fields=["code", "number"], name="d03_report_once"),
            models.CheckConstraint(condition=Q(note="", signed_at__isnull=True) | (~Q(note="") & Q(signed_at__isnull=False)),
                                   name="d03_signed_pair"),
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
            models.UniqueConstraint(fields=["code", "number"], name="d03_revoked_once"),
            models.CheckConstraint(condition=~Q(note="") | ~Q(basis=""), name="d03_revoked_by"),
        ]

    class Privacy:
        public = ()
        internal = ("uid", "code", "number", "revoked_on", "reason", "note", "basis", "known_at", "log_index")
        personal = ()


class Use(models.Model):
    """A report was used in a section of a tender: good at that time, as checked then. What is learned later is shown beside it."""

    uid = UidField()
    report = models.ForeignKey(Report, models.PROTECT, related_name="uses", verbose_name="报告", db_comment="所用报告")
    section = models.CharField("标段", max_length=40, db_index=True, db_comment="标段编号")
    unit = models.CharField("招标人", max_length=UID_LENGTH, db_index=True, db_comment="招标人（政府单位）标识")
    used_on = models.DateField("使用日期", db_comment="使用日期，按当日核验")
    used_at = models.DateTimeField("使用时间", db_comment="使用登记时间")
    log_index = models.PositiveBigIntegerField("日志序号", db_comment="在透明日志中的序号")

    class Meta:
        verbose_name = "报告使用"
        verbose_name_plural = verbose_name
        db_table_comment = "信用报告在标段中的使用：使用时核验有效，只增不改"
        constraints = [models.UniqueConstraint(fields=["report", "section"], name="d03_used_once")]

    class Privacy:
        public = ("uid", "section", "unit", "used_on", "log_index")
        internal = ("report", "used_at")
        personal = ()


class Standard(models.Model):
    """A version of the scale and the day from which it is in force; its text lies with the methods of assessment."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待发布"
        PUBLISHED = "published", "已发布"
        REFUSED = "refused", "不予发布"

    uid = UidField()
    method = models.CharField("方法", max_length=UID_LENGTH, unique=True, db_comment="评价方法版本标识（assessment）")
    version = models.CharField("版本", max_length=40, db_comment="标准版本")
    since = models.DateField("施行日期", db_comment="自何日起施行，至下一版施行前")
    state = models.CharField("状态", max_length=9, choices=State, default=State.PROPOSED, db_comment="待发布、已发布、不予发布")
    proposed_at = models.DateTimeField("提出时间", db_comment="提出时间")
    proposer = models.CharField("提出人员", max_length=64, db_comment="提出人的人员标识，用于双人原则")
    resolution = models.CharField("发布文号", max_length=100, blank=True, db_comment="发布所依据的文号")
    published_at = models.DateTimeField("发布时间", null=True, blank=True, db_comment="发布或不予发布的时间")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, blank=True, db_comment="发布在透明日志中的序号")

    class Meta:
        verbose_name = "招标投标信用评价标准"
        verbose_name_plural = verbose_name
        db_table_comment = "招标投标信用评价标准：版本与施行日期，双人发布；全文在评价方法版本"
        constraints = [models.UniqueConstraint(fields=["since"], condition=~Q(state="refused"), name="d03_standard_since")]

    class Privacy:
        public = ("uid", "method", "version", "since", "state", "resolution", "published_at", "log_index")
        internal = ("proposed_at", "proposer")
        personal = ()
