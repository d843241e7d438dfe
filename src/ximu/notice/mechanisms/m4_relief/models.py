"""What row M4.1 keeps beside its cases: facts that were exempted, panels, precedents, proofs for repair, certificates."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ximu.foundation.models import UID_LENGTH, UidField

NUMBER_LENGTH = 13


class Bar(models.Model):
    """An exempted fact: nobody may enter it again. Only digests are kept, so that the bar itself tells nothing."""

    case = models.CharField("办件", max_length=UID_LENGTH, unique=True, db_comment="作出免责决定的办件标识")
    key = models.CharField("定位键", max_length=36, db_index=True, db_comment="记录的定位键（数据项与自然键的散列）")
    digest = models.CharField("内容摘要", max_length=64, db_index=True, db_comment="报送内容摘要")
    fact = models.CharField("事实摘要", max_length=64, db_index=True, db_comment="主体、机关、文号规范化后的摘要")
    at = models.DateTimeField("时间", db_comment="免责决定时间")

    class Meta:
        verbose_name = "免责不再记录"
        verbose_name_plural = verbose_name
        db_table_comment = "免责事实：任何单位不得再次记录"

    class Privacy:
        public = ()
        internal = ("case", "key", "digest", "fact", "at")
        personal = ()


class Panel(models.Model):
    """Who was drawn for one exemption, from which list and seed, and what they found."""

    case = models.CharField("办件", max_length=UID_LENGTH, unique=True, db_comment="免责办件标识")
    number = models.CharField("记录编号", max_length=NUMBER_LENGTH, db_comment="所涉记录编号")
    ground = models.CharField("情形", max_length=40, db_comment="所主张的法定情形代码")
    features = models.JSONField("特征", default=dict, db_comment="用于比对类案的特征，不含个人信息")
    seed = models.CharField("种子", max_length=64, blank=True, db_comment="抽取所用种子，未抽取为空")
    pool = models.JSONField("名单", default=list, db_comment="抽取时的候选人化名与单位")
    members = models.JSONField("评议人", default=list, db_comment="评议人化名与单位")
    away = models.JSONField("回避", default=list, db_comment="经申请回避的评议人化名")
    votes = models.JSONField("表决", default=dict, db_comment="评议人化名与意见")

    class Meta:
        verbose_name = "免责评议组"
        verbose_name_plural = verbose_name
        db_table_comment = "免责评议组：按公开种子抽取，可以重抽验证"

    class Privacy:
        public = ()
        internal = ("case", "number", "ground", "features", "seed", "pool", "members", "away", "votes")
        personal = ()


class Precedent(models.Model):
    """An outcome without names; later panels see the like ones."""

    case = models.CharField("办件", max_length=UID_LENGTH, unique=True, db_comment="免责办件标识")
    features = models.JSONField("特征", db_comment="用于比对类案的特征，不含个人信息")
    outcome = models.CharField("结论", max_length=10, db_comment="免责、减责或不成立")
    departure = models.TextField("说理", blank=True, db_comment="与类案不同时的理由")
    at = models.DateTimeField("时间", db_comment="决定时间")

    class Meta:
        verbose_name = "免责案例"
        verbose_name_plural = verbose_name
        db_table_comment = "免责案例：匿名，供后续评议比对"

    class Privacy:
        public = ()
        internal = ("case", "features", "outcome", "departure", "at")
        personal = ()


class Fulfilment(models.Model):
    """A condition of repair that somebody proved: performance, public commitment, training."""

    class What(models.TextChoices):
        OBLIGATION = "obligation", "义务履行"
        COMMITMENT = "commitment", "公开承诺"
        TRAINING = "training", "教育培训"

    number = models.CharField("记录编号", max_length=NUMBER_LENGTH, db_comment="所涉记录编号")
    what = models.CharField("条件", max_length=12, choices=What, db_comment="所满足的条件")
    on = models.DateField("日期", db_comment="条件满足之日")
    proof = models.CharField("证明", max_length=300, db_comment="证明文书或说明")
    digest = models.CharField("摘要", max_length=64, blank=True, db_comment="证明材料的SHA-256，无材料为空")
    by = models.CharField("确认人", max_length=64, db_comment="确认人的化名标识")
    at = models.DateTimeField("时间", db_comment="登记时间")

    class Meta:
        verbose_name = "修复条件"
        verbose_name_plural = verbose_name
        db_table_comment = "修复条件的证明：一条记录每个条件一行"
        constraints = [models.UniqueConstraint(fields=["number", "what"], name="fulfilment_once")]

    class Privacy:
        public = ()
        internal = ("number", "what", "on", "digest", "by", "at")
        personal = ("proof",)


class SelfReport(models.Model):
    """A breach that its own body (or civil servant) reported and put right; it counts when it came before anybody knew."""

    case = models.CharField("办件", max_length=UID_LENGTH, unique=True, db_comment="主动纠正办件标识")
    subject = models.CharField("主体", max_length=UID_LENGTH, db_comment="主动报告的单位或公务员标识")
    behaviour = models.CharField("行为", max_length=40, db_comment="行为清单代码")
    act_on = models.DateField("行为日期", db_comment="行为发生之日")
    reported_at = models.DateTimeField("报告时间", db_comment="主动报告的时间")
    verified = models.BooleanField("已核实", default=False, db_comment="是否核实已纠正")

    class Meta:
        verbose_name = "主动纠正"
        verbose_name_plural = verbose_name
        db_table_comment = "主动纠正：先于发现的，效果依规则从轻"
        indexes = [models.Index(fields=["subject", "behaviour"], name="self_report_act")]

    class Privacy:
        public = ()
        internal = ("case", "behaviour", "act_on", "reported_at", "verified")
        personal = ("subject",)


class Mitigation(models.Model):
    """Why the effects of a record follow a lower grade than its own."""

    class Cause(models.TextChoices):
        SELF = "self", "主动纠正"
        PANEL = "panel", "评议减责"

    number = models.CharField("记录编号", max_length=NUMBER_LENGTH, db_comment="所涉记录编号")
    cause = models.CharField("事由", max_length=8, choices=Cause, db_comment="从轻的事由")
    case = models.CharField("办件", max_length=UID_LENGTH, db_comment="据以从轻的办件标识")
    steps = models.PositiveSmallIntegerField("档数", db_comment="效果降低的档数，依当日参数")
    at = models.DateTimeField("时间", db_comment="确定时间")

    class Meta:
        verbose_name = "从轻"
        verbose_name_plural = verbose_name
        db_table_comment = "从轻：记录的程度不变，效果依较低的程度"
        constraints = [models.UniqueConstraint(fields=["number", "cause"], name="mitigation_once")]

    class Privacy:
        public = ()
        internal = ("number", "cause", "case", "steps", "at")
        personal = ()


class Statement(models.Model):
    """What the subject says about its own record; it stands beside the record wherever that is read. The newest one counts."""

    number = models.CharField("记录编号", max_length=NUMBER_LENGTH, db_comment="所涉记录编号")
    words = models.TextField("说明", blank=True, db_comment="主体说明；删除后为空")
    salt = models.BinaryField("盐", null=True, db_comment="承诺所用的盐；随内容一并销毁")
    commitment = models.CharField("承诺", max_length=64, db_comment="说明内容的承诺值")
    log_index = models.BigIntegerField("日志序号", unique=True, db_comment="说明在日志中的条目序号")
    at = models.DateTimeField("时间", db_comment="提交时间")

    class Meta:
        verbose_name = "主体说明"
        verbose_name_plural = verbose_name
        db_table_comment = "主体说明：随记录一并显示"
        indexes = [models.Index(fields=["number", "-log_index"], name="statement_number")]

    class Privacy:
        public = ()
        internal = ("number", "salt", "commitment", "log_index", "at")
        personal = ("words",)


class Certificate(models.Model):
    """A certificate of repair: its commitment stands in the log, the bundle verifies offline."""

    uid = UidField()
    case = models.CharField("办件", max_length=UID_LENGTH, db_comment="准予修复的办件标识")
    number = models.CharField("记录编号", max_length=NUMBER_LENGTH, db_comment="所涉记录编号")
    log_index = models.BigIntegerField("日志序号", unique=True, db_comment="证明在日志中的条目序号")
    payload = models.JSONField("内容", null=True, db_comment="证明内容；删除后为空")
    salt = models.BinaryField("盐", null=True, db_comment="承诺所用的盐；随内容一并销毁")
    commitment = models.CharField("承诺", max_length=64, db_comment="证明内容的承诺值")
    at = models.DateTimeField("签发时间", db_comment="签发时间")

    class Meta:
        verbose_name = "修复证明"
        verbose_name_plural = verbose_name
        db_table_comment = "修复证明：可离线验证"
        constraints = [models.CheckConstraint(
            condition=Q(payload__isnull=True, salt__isnull=True) | Q(payload__isnull=False, salt__isnull=False), name="certificate_salt")]
        indexes = [models.Index(fields=["number"], name="certificate_number")]

    class Privacy:
        public = ()
        internal = ("uid", "case", "number", "log_index", "salt", "commitment", "at")
        personal = ("payload",)
