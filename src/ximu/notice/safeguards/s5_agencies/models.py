"""Agencies with their products, contracts with units, and what became of each monitoring item."""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.db.models import F, Q

from ximu.foundation.models import UID_LENGTH, UidField

PERSON_LENGTH = 64


class Agency(models.Model):
    """A credit-service agency: business facts of a firm that works for government; it is no subject of any record."""

    uid = UidField()
    code = models.CharField("统一社会信用代码", max_length=18, unique=True, db_comment="统一社会信用代码")
    name = models.CharField("名称", max_length=120, db_comment="机构名称")
    filing = models.CharField("备案编号", max_length=80, db_comment="信用服务机构备案编号")
    registered_at = models.DateTimeField("登记时间", db_comment="登记时间")
    registered_by = models.CharField("登记人", max_length=PERSON_LENGTH, db_comment="登记人标识")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, db_comment="登记在透明日志中的序号")

    class Meta:
        verbose_name = "信用服务机构"
        verbose_name_plural = verbose_name
        db_table_comment = "信用服务机构名录"

    class Privacy:
        public = ("uid", "code", "name", "filing")
        internal = ("registered_at", "registered_by", "log_index")
        personal = ()


class Product(models.Model):
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="products", verbose_name="机构", db_comment="所属机构")
    code = models.CharField("产品编号", max_length=40, unique=True, db_comment="产品编号")
    name = models.CharField("名称", max_length=120, db_comment="产品名称")
    kind = models.CharField("种类", max_length=12, db_comment="信用报告、评级、监测或其他")
    listed_at = models.DateTimeField("登记时间", db_comment="登记时间")
    listed_by = models.CharField("登记人", max_length=PERSON_LENGTH, db_comment="登记人标识")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, db_comment="登记在透明日志中的序号")

    class Meta:
        verbose_name = "信用产品"
        verbose_name_plural = verbose_name
        db_table_comment = "信用服务机构的产品"

    class Privacy:
        public = ("agency", "code", "name", "kind")
        internal = ("listed_at", "listed_by", "log_index")
        personal = ()


class Contract(models.Model):
    """A unit engages an agency for a task and a time; with the end its key dies and its data come back."""

    uid = UidField()
    number = models.CharField("合同编号", max_length=80, unique=True, db_comment="合同编号")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="contracts", verbose_name="机构", db_comment="承接机构")
    unit = models.CharField("委托单位", max_length=UID_LENGTH, db_index=True, db_comment="委托单位标识")
    task = models.CharField("合作事项", max_length=200, db_comment="合作事项")
    since = models.DateField("起始日期", db_comment="起始日期")
    until = models.DateField("终止日期", db_comment="终止日期（含当日）；提前终止时改为终止日")
    key = models.CharField("接口密钥", max_length=UID_LENGTH, blank=True, db_comment="为本合同签发的接口密钥标识")
    text = models.CharField("合同摘要", max_length=64, db_comment="合同文件的SHA-256")
    entered_at = models.DateTimeField("登记时间", db_comment="登记时间")
    entered_by = models.CharField("登记人", max_length=PERSON_LENGTH, db_comment="登记人标识")
    agreed_until = models.DateField("约定终止日期", null=True, db_comment="提前终止前约定的终止日期，未提前终止为空")
    ended_at = models.DateTimeField("提前终止登记时间", null=True, db_comment="登记提前终止的时间")
    ended_by = models.CharField("提前终止登记人", max_length=PERSON_LENGTH, blank=True, db_comment="登记提前终止的人的标识")
    ended_text = models.CharField("终止文件摘要", max_length=64, blank=True, db_comment="提前终止文件的SHA-256")
    ended_index = models.PositiveBigIntegerField("终止的日志序号", null=True, db_comment="提前终止在透明日志中的序号")
    key_found_on = models.DateField("密钥处置日期", null=True, db_comment="终止后发现密钥仍有效并吊销的日期")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, db_comment="登记在透明日志中的序号")

    class Meta:
        verbose_name = "信用服务合同"
        verbose_name_plural = verbose_name
        db_table_comment = "单位与信用服务机构的合同"
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="s5_contract_span"),
            models.CheckConstraint(name="s5_contract_ended", condition=Q(ended_at__isnull=True, ended_by="", agreed_until__isnull=True)
                                   | Q(ended_at__isnull=False, agreed_until__isnull=False) & ~Q(ended_by="")),
        ]

    class Privacy:
        public = ("uid", "number", "agency", "unit", "task", "since", "until", "agreed_until")
        internal = ("key", "text", "entered_at", "entered_by", "ended_at", "ended_by", "ended_text",
                    "ended_index", "key_found_on", "log_index")
        personal = ()

    def until_as_known(self, known_at: datetime) -> date:
        """The last day, as far as an early end was entered by then."""
        return self.agreed_until if self.agreed_until and self.ended_at and self.ended_at > known_at else self.until

    @property
    def back(self) -> Return | None:
        """The return that waits or was found to be so; one that was sent back is none."""
        return next((one for one in self.returns.all() if one.passed is not False), None)


class Return(models.Model):
    """Data came back on a day, as entered at a time, as judged by another person at a later one; one that was sent back stays."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="returns", verbose_name="合同", db_comment="所属合同")
    returned_on = models.DateField("返还日期", db_comment="数据返还或销毁日期")
    proof = models.CharField("返还证明摘要", max_length=64, db_comment="返还或销毁证明的SHA-256")
    entered_at = models.DateTimeField("登记时间", db_comment="登记返还的时间")
    entered_by = models.CharField("登记人", max_length=PERSON_LENGTH, db_comment="登记返还的人员标识")
    passed = models.BooleanField("核查结论", null=True, db_comment="属实或退回，空为待核查")
    checked_at = models.DateTimeField("核查时间", null=True, db_comment="他人核查或退回的时间")
    checked_by = models.CharField("核查人", max_length=PERSON_LENGTH, blank=True, db_comment="核查人标识，与登记人不同")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, db_comment="核查属实在透明日志中的序号")

    class Meta:
        verbose_name = "数据返还"
        verbose_name_plural = verbose_name
        db_table_comment = "合同终止后数据的返还或销毁及其核查"
        constraints = [
            models.UniqueConstraint(fields=["contract"], condition=Q(passed__isnull=True) | Q(passed=True), name="s5_return_once"),
            models.CheckConstraint(condition=Q(checked_at__isnull=True, checked_by="", passed__isnull=True)
                                   | (Q(checked_at__isnull=False, passed__isnull=False) & ~Q(checked_by="")),
                                   name="s5_return_checked_pair"),
            models.CheckConstraint(condition=~Q(checked_by=F("entered_by")), name="s5_return_two_people"),
        ]

    class Privacy:
        public = ()
        internal = ("contract", "returned_on", "proof", "entered_at", "entered_by", "passed", "checked_at", "checked_by", "log_index")
        personal = ()


class Verdict(models.Model):
    """Whether a monitoring item was right; said once, by somebody who is neither the agency nor the unit concerned."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="verdicts", verbose_name="合同", db_comment="所属合同")
    item = models.CharField("线索编号", max_length=60, db_comment="线索编号")
    outcome = models.CharField("结论", max_length=12, db_comment="属实、不属实或无法核实")
    reason = models.CharField("理由", max_length=400, db_comment="核实情况与依据")
    judged_at = models.DateTimeField("核实时间", db_comment="核实时间")
    judged_by = models.CharField("核实人", max_length=PERSON_LENGTH, db_comment="核实人标识")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, db_comment="在透明日志中的序号")

    class Meta:
        verbose_name = "线索核实"
        verbose_name_plural = verbose_name
        db_table_comment = "监测线索的核实结论"
        constraints = [models.UniqueConstraint(fields=["contract", "item"], name="s5_verdict_once")]

    class Privacy:
        public = ()
        internal = ("contract", "item", "outcome", "reason", "judged_at", "judged_by", "log_index")
        personal = ()
