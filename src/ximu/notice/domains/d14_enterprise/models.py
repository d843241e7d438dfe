"""A firm's demand. Who asks and what exactly lies sealed; nothing here makes the firm a subject of the register."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ximu.foundation.models import UID_LENGTH, UidField


class Demand(models.Model):
    """What the figures need of it. How it was handled, step by step, is its case."""

    uid = UidField()
    case = models.CharField("办件", max_length=UID_LENGTH, unique=True, db_comment="办件标识")
    number = models.CharField("编号", max_length=13, unique=True, db_comment="办件编号")
    code = models.CharField("回执码散列", max_length=64, unique=True, db_comment="回执码的慢散列，密钥在库外")
    sealed = models.TextField("诉求", db_comment="企业名称、联系方式和诉求内容（加密），只给承办单位看")
    mark = models.CharField("查重印记", max_length=64, db_index=True, db_comment="企业名称、单位和事项的带密钥摘要，库内不能还原")
    unit = models.CharField("承办单位", max_length=UID_LENGTH, db_index=True, db_comment="承办单位标识")
    district = models.CharField("所在区", max_length=UID_LENGTH, blank=True, db_comment="企业所在区标识，空为不分区")
    topic = models.CharField("事项", max_length=10, db_comment="诉求事项")
    kind = models.CharField("类别", max_length=4, default="一般", db_comment="一般或疑难，受理时认定")
    raised_on = models.DateField("提出日期", db_comment="提出日期")
    accepted_on = models.DateField("受理日期", null=True, db_comment="受理日期，未受理为空")
    due_by = models.DateField("期限末日", null=True, db_comment="法定期限末日，重新办理不变")
    promised_on = models.DateField("承诺办结日", null=True, db_comment="承办单位承诺的办结日")
    answered_on = models.DateField("答复日期", null=True, db_comment="最后一次答复日期，企业认为没有解决则清空")
    outcome = models.CharField("办理结果", max_length=8, blank=True, default="", db_comment="解决、部分解决、解释说明、无法办理")
    explained_on = models.DateField("说明日期", null=True, db_comment="说明无法办理情况的日期")
    closed_on = models.DateField("结案日期", null=True, db_comment="结案日期，未结案为空")
    closed_as = models.CharField("结案方式", max_length=4, blank=True, default="", db_comment="企业确认、单方办结、说明情况、撤回")
    solved = models.CharField("是否解决", max_length=1, blank=True, default="", db_comment="企业认定：是或否，空为未表态")
    rating = models.CharField("满意度", max_length=4, blank=True, default="", db_comment="企业评价，空为未评价")
    reopened = models.PositiveSmallIntegerField("重新办理", default=0, db_comment="企业认为没有解决而重新办理的次数")
    amount = models.DecimalField("登记账款", max_digits=16, decimal_places=2, null=True, db_comment="拖欠账款的登记金额（元）")
    paid = models.DecimalField("已清偿", max_digits=16, decimal_places=2, null=True, db_comment="已清偿金额（元）")
    fed = models.BooleanField("已计入", default=False, db_index=True, db_comment="现状是否已进入统计数据")
    received_at = models.DateTimeField("登记时间", db_comment="登记时间")
    received_by = models.CharField("登记人", max_length=UID_LENGTH, db_comment="登记人标识")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, blank=True, db_comment="登记在透明日志中的序号")

    class Meta:
        verbose_name = "企业诉求"
        verbose_name_plural = verbose_name
        db_table_comment = "企业诉求：企业是提出方，不是诚信记录的主体"
        constraints = [
            models.CheckConstraint(condition=Q(closed_on=None, closed_as="") | (Q(closed_on__isnull=False) & ~Q(closed_as="")),
                                   name="d14_closed"),
            models.CheckConstraint(condition=~Q(closed_as="企业确认") | ~Q(solved=""), name="d14_firm_spoke"),
        ]

    class Privacy:
        public = ()
        internal = ("uid", "case", "number", "code", "mark", "unit", "district", "topic", "kind", "raised_on", "accepted_on", "due_by",
                    "promised_on", "answered_on", "outcome", "explained_on", "closed_on", "closed_as", "solved", "rating", "reopened",
                    "amount", "paid", "fed", "received_at", "received_by", "log_index")
        personal = ("sealed",)
