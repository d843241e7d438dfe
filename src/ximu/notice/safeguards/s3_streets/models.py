"""Months that were counted, benefits with their take-up, applications with their papers."""

from __future__ import annotations

from django.db import models

from ximu.foundation.models import UID_LENGTH, UidField


class Month(models.Model):
    """All streets and towns in one month, counted once by one rule."""

    month = models.CharField("月份", max_length=7, unique=True, db_comment="监测月份，YYYY-MM")
    known_at = models.DateTimeField("已知截至", db_comment="按此时已知的承诺计算")
    lines = models.JSONField("各街镇", db_comment="单位、在履行、到期、兑现、部分兑现、未兑现、兑现率")
    digest = models.CharField("摘要", max_length=64, db_comment="全部行的SHA-256")
    log_index = models.PositiveBigIntegerField("日志序号", db_comment="透明日志中的序号")

    class Meta:
        verbose_name = "街镇信用监测"
        verbose_name_plural = verbose_name
        db_table_comment = "街镇信用监测：每月一次，同一规则"

    class Privacy:
        public = ("month", "lines", "digest", "log_index")
        internal = ("known_at",)
        personal = ()


class Benefit(models.Model):
    class State(models.TextChoices):
        OFFERED = "offered", "待公布"
        OPEN = "open", "开展中"
        ENDED = "ended", "已结束"

    uid = UidField()
    unit = models.CharField("提供单位", max_length=UID_LENGTH, db_index=True, db_comment="提供信用惠民措施的街镇标识")
    title = models.CharField("名称", max_length=120, db_comment="措施名称")
    text = models.TextField("内容", db_comment="措施内容")
    service = models.CharField("服务类别", max_length=30, db_comment="信用惠民目录中的服务代码")
    effect = models.CharField("作用", max_length=10, db_comment="只能是额外便利")
    basis = models.CharField("依据", max_length=200, db_comment="依据")
    since = models.DateField("起始日期", db_comment="起始日期")
    until = models.DateField("结束日期", null=True, blank=True, db_comment="结束日期，空为开展中")
    state = models.CharField("状态", max_length=8, choices=State, default=State.OFFERED, db_comment="待公布、开展中、已结束")
    offered_at = models.DateTimeField("登记时间", db_comment="登记时间")
    offerer = models.CharField("登记人员", max_length=64, db_comment="登记人的人员标识，用于双人原则")
    opened_at = models.DateTimeField("公布时间", null=True, blank=True, db_comment="公布时间")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, blank=True, db_comment="公布在透明日志中的序号")

    class Meta:
        verbose_name = "信用惠民措施"
        verbose_name_plural = verbose_name
        db_table_comment = "信用惠民措施：只增加便利，不得剥夺基本服务"
        constraints = [models.CheckConstraint(condition=models.Q(effect="extra"), name="s3_benefit_only_adds")]

    class Privacy:
        public = ("uid", "unit", "title", "text", "service", "effect", "basis", "since", "until", "state", "opened_at", "log_index")
        internal = ("offered_at", "offerer")
        personal = ()


class TakeUp(models.Model):
    """How many times a benefit was used in a month: a count with the file that shows it, never a list of persons."""

    benefit = models.ForeignKey(Benefit, on_delete=models.PROTECT, related_name="take_up", verbose_name="措施", db_comment="所属措施")
    month = models.CharField("月份", max_length=7, db_comment="月份，YYYY-MM")
    count = models.PositiveIntegerField("享受人次", db_comment="享受人次")
    digest = models.CharField("台账摘要", max_length=64, db_comment="台账文件的SHA-256，文件不入库")
    reported_at = models.DateTimeField("报送时间", db_comment="报送时间")
    reported_by = models.CharField("报送人", max_length=UID_LENGTH, db_comment="报送人标识")

    class Meta:
        verbose_name = "享受人次"
        verbose_name_plural = verbose_name
        db_table_comment = "信用惠民享受人次：按月计数，不记录个人"
        constraints = [models.UniqueConstraint(fields=["benefit", "month"], name="s3_take_up_once")]

    class Privacy:
        public = ("benefit", "month")
        internal = ("count", "digest", "reported_at", "reported_by")
        personal = ()


class Application(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", "准备中"
        SUBMITTED = "submitted", "待评定"
        AWARDED = "awarded", "已认定"
        DECLINED = "declined", "未认定"

    uid = UidField()
    unit = models.CharField("街镇", max_length=UID_LENGTH, db_comment="申请街镇标识")
    year = models.PositiveSmallIntegerField("年度", db_comment="示范创建年度")
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT, db_comment="准备中、待评定、已认定、未认定")
    applicant = models.CharField("申请人员", max_length=64, db_comment="申请人的人员标识，用于双人原则")
    opened_at = models.DateTimeField("申请时间", db_comment="申请时间")
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True, db_comment="提交时间，计算值在此时冻结")
    frozen = models.JSONField("各项标准", default=list, db_comment="提交时冻结的标准、计算值、是否达到、分值")
    digest = models.CharField("摘要", max_length=64, blank=True, db_comment="冻结内容的SHA-256")
    score = models.PositiveSmallIntegerField("得分", null=True, blank=True, db_comment="满足标准的分值之和")
    decided_at = models.DateTimeField("评定时间", null=True, blank=True, db_comment="评定时间")
    reason = models.CharField("理由", max_length=400, blank=True, db_comment="评定理由")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, blank=True, db_comment="评定在透明日志中的序号")

    class Meta:
        verbose_name = "示范创建申请"
        verbose_name_plural = verbose_name
        db_table_comment = "示范街镇创建申请：标准以登记数据和已采信材料为准"
        constraints = [models.UniqueConstraint(fields=["unit", "year"], name="s3_application_once")]

    class Privacy:
        public = ("uid", "unit", "year", "state", "frozen", "digest", "score", "decided_at", "log_index")
        internal = ("applicant", "opened_at", "submitted_at", "reason")
        personal = ()


class Paper(models.Model):
    class State(models.TextChoices):
        GIVEN = "given", "待审核"
        ACCEPTED = "accepted", "已采信"
        REFUSED = "refused", "不采信"

    uid = UidField()
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="papers", verbose_name="申请",
                                    db_comment="所属申请")
    criterion = models.CharField("标准", max_length=20, db_comment="所证明的标准代码")
    digest = models.CharField("文件摘要", max_length=64, db_comment="材料文件的SHA-256")
    state = models.CharField("状态", max_length=10, choices=State, default=State.GIVEN, db_comment="待审核、已采信、不采信")
    given_at = models.DateTimeField("提交时间", db_comment="提交时间")
    giver = models.CharField("提交人员", max_length=64, db_comment="提交人的人员标识，用于双人原则")
    reason = models.CharField("理由", max_length=400, blank=True, db_comment="不采信的理由")

    class Meta:
        verbose_name = "示范创建材料"
        verbose_name_plural = verbose_name
        db_table_comment = "示范创建材料：由他人审核后才算数"
        constraints = [models.UniqueConstraint(fields=["application", "criterion", "digest"], name="s3_paper_once")]

    class Privacy:
        public = ()
        internal = ("uid", "application", "criterion", "digest", "state", "given_at", "giver", "reason")
        personal = ()
