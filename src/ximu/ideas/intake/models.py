"""Deliveries, doubtful matches, returns and zeros. The rows themselves lie in Arrow files until they are records."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ximu.foundation.models import UID_LENGTH, UidField

PERSON_LENGTH = 64
MONTH_LENGTH = 7


def _both(at: str, by: str) -> Q:
    return Q(**{f"{at}__isnull": True, by: ""}) | (Q(**{f"{at}__isnull": False}) & ~Q(**{by: ""}))


class Delivery(models.Model):
    """One file, message or pull, from its receipt to its commitment or refusal."""

    class State(models.TextChoices):
        RECEIVED = "received", "已收"
        CHECKED = "checked", "已校验"
        COMMITTED = "committed", "已入库"
        REFUSED = "refused", "已退回"

    uid = UidField()
    item = models.CharField("数据项", max_length=40, db_comment="数据清单项代码")
    family = models.CharField("类别", max_length=16, db_comment="记录类别代码")
    source = models.CharField("来源单位", max_length=UID_LENGTH, db_comment="报送单位标识")
    file_digest = models.CharField("文件摘要", max_length=64, db_comment="文件的SHA-256；原文件按此存放")
    size = models.BigIntegerField("字节数", db_comment="文件字节数")
    channel = models.CharField("渠道", max_length=12, db_comment="上传、接口或拉取")
    state = models.CharField("状态", max_length=10, choices=State, default=State.RECEIVED, db_comment="批次状态")
    progress = models.BigIntegerField("进度", default=0, db_comment="已校验行数")
    summary = models.JSONField("摘要", default=dict, db_comment="编码、说明、各类计数，不含数据值")
    outcome = models.JSONField("结果", default=dict, db_comment="入库计数：新增、更正、相同、另一来源、待辨认")
    refusal = models.JSONField("退回原因", default=dict, db_comment="退回时的代码与说明")
    partial_reason = models.CharField("部分入库理由", max_length=400, blank=True, db_comment="部分入库的理由")
    received_at = models.DateTimeField("接收时间", db_comment="接收时间")
    received_by = models.CharField("接收人", max_length=PERSON_LENGTH, db_comment="报送人的化名标识")
    committed_at = models.DateTimeField("入库时间", null=True, db_comment="入库时间")
    committed_by = models.CharField("入库人", max_length=PERSON_LENGTH, blank=True, db_comment="确认入库人的化名标识")
    log_index = models.BigIntegerField("日志序号", null=True, db_comment="回执在日志中的条目序号")
    purged_at = models.DateTimeField("清除时间", null=True, db_comment="原文件与校验底稿的清除时间")

    class Meta:
        verbose_name = "报送批次"
        verbose_name_plural = verbose_name
        db_table_comment = "报送批次：一个文件一批，同一文件不重复入库"
        constraints = [
            models.UniqueConstraint(fields=["item", "source", "file_digest"], condition=~Q(state="refused"), name="delivery_once"),
            models.CheckConstraint(condition=_both("committed_at", "committed_by"), name="delivery_committed_pair"),
        ]
        indexes = [models.Index(fields=["source", "received_at"], name="delivery_source_time")]

    class Privacy:
        public = ()
        internal = (
            "uid", "item", "family", "source", "file_digest", "size", "channel", "state", "progress", "summary", "outcome", "refusal",
            "partial_reason", "received_at", "received_by", "committed_at", "committed_by", "log_index", "purged_at",
        )
        personal = ()


class Doubt(models.Model):
    """A row whose subject could not be told: it waits until somebody picks one, or asks the unit."""

    class State(models.TextChoices):
        WAITING = "waiting", "待辨认"
        ASKED = "asked", "已询问单位"
        PICKED = "picked", "已辨认"
        DROPPED = "dropped", "已退回"

    uid = UidField()
    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="doubts", verbose_name="批次", db_comment="所属批次")
    line = models.BigIntegerField("行号", db_comment="在文件中的行号")
    named = models.CharField("所写名称", max_length=200, db_comment="文件中所写的主体名称")
    code = models.CharField("所写代码", max_length=32, blank=True, db_comment="文件中所写的主体代码")
    as_of = models.DateField("基准日", db_comment="事件之日")
    candidates = models.JSONField("候选", db_comment="候选主体、得分与理由")
    row = models.JSONField("待入库行", db_comment="该行的规范内容")
    state = models.CharField("状态", max_length=8, choices=State, default=State.WAITING, db_comment="辨认状态")
    picked = models.CharField("所选主体", max_length=UID_LENGTH, blank=True, db_comment="所选主体标识")
    reason = models.CharField("理由", max_length=400, blank=True, db_comment="选择或询问的理由")
    decided_at = models.DateTimeField("办理时间", null=True, db_comment="办理时间")
    decided_by = models.CharField("办理人", max_length=PERSON_LENGTH, blank=True, db_comment="办理人的化名标识")

    class Meta:
        verbose_name = "存疑主体"
        verbose_name_plural = verbose_name
        db_table_comment = "存疑主体队列：不猜测，由人辨认"
        constraints = [
            models.UniqueConstraint(fields=["delivery", "line"], name="doubt_line_once"),
            models.CheckConstraint(condition=_both("decided_at", "decided_by"), name="doubt_decided_pair"),
        ]
        indexes = [models.Index(fields=["state", "as_of"], name="doubt_state_day")]

    class Privacy:
        public = ()
        internal = ("uid", "delivery", "line", "as_of", "candidates", "state", "picked", "reason", "decided_at", "decided_by")
        personal = ("named", "code", "row")


class DoubtStep(models.Model):
    """What was done with a doubtful row, one line per entry in the log."""

    doubt = models.ForeignKey(Doubt, models.PROTECT, related_name="steps", verbose_name="存疑主体", db_comment="所属存疑主体")
    state = models.CharField("状态", max_length=8, choices=Doubt.State, db_comment="办理后的状态")
    taken_at = models.DateTimeField("办理时间", db_comment="办理时间")
    taken_by = models.CharField("办理人", max_length=PERSON_LENGTH, db_comment="办理人的化名标识")
    log_index = models.BigIntegerField("日志序号", unique=True, db_comment="在日志中的条目序号")

    class Meta:
        verbose_name = "存疑主体办理"
        verbose_name_plural = verbose_name
        db_table_comment = "存疑主体办理：只增不改，一行一事"

    class Privacy:
        public = ()
        internal = ("doubt", "state", "taken_at", "taken_by", "log_index")
        personal = ()


class Return(models.Model):
    """A delivery counts for the months of its events; one row per unit, family, month and delivery."""

    unit = models.CharField("单位", max_length=UID_LENGTH, db_comment="报送单位标识")
    family = models.CharField("类别", max_length=16, db_comment="记录类别代码")
    month = models.CharField("月份", max_length=MONTH_LENGTH, db_comment="所属月份，YYYY-MM")
    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="returns", verbose_name="批次", db_comment="所属批次")
    rows = models.BigIntegerField("行数", db_comment="该月行数")
    delivered_on = models.DateField("报送日", db_comment="入库之日")

    class Meta:
        verbose_name = "月度报送"
        verbose_name_plural = verbose_name
        db_table_comment = "月度报送：单位、类别、月份"
        constraints = [models.UniqueConstraint(fields=["unit", "family", "month", "delivery"], name="return_once")]
        indexes = [models.Index(fields=["month", "family"], name="return_month_family")]

    class Privacy:
        public = ()
        internal = ("unit", "family", "month", "delivery", "rows", "delivered_on")
        personal = ()


class ZeroReport(models.Model):
    """A month without records, claimed by one person and confirmed by another, of the unit itself."""

    uid = UidField()
    unit = models.CharField("单位", max_length=UID_LENGTH, db_comment="单位标识")
    family = models.CharField("类别", max_length=16, db_comment="记录类别代码")
    month = models.CharField("月份", max_length=MONTH_LENGTH, db_comment="所属月份，YYYY-MM")
    claimed_at = models.DateTimeField("申报时间", db_comment="申报时间")
    claimed_by = models.CharField("申报人", max_length=PERSON_LENGTH, db_comment="申报人的化名标识")
    claimed_index = models.BigIntegerField("申报日志序号", null=True, db_comment="申报在日志中的条目序号")
    confirmed_at = models.DateTimeField("确认时间", null=True, db_comment="单位确认时间")
    confirmed_by = models.CharField("确认人", max_length=PERSON_LENGTH, blank=True, db_comment="单位确认人的化名标识")
    confirmed_index = models.BigIntegerField("确认日志序号", null=True, db_comment="确认在日志中的条目序号")

    class Meta:
        verbose_name = "零报告"
        verbose_name_plural = verbose_name
        db_table_comment = "零报告：须由单位自己确认，且申报与确认为两人"
        constraints = [
            models.UniqueConstraint(fields=["unit", "family", "month"], name="zero_once"),
            models.CheckConstraint(condition=_both("confirmed_at", "confirmed_by"), name="zero_confirmed_pair"),
            models.CheckConstraint(condition=~Q(confirmed_by=models.F("claimed_by")), name="zero_two_people"),
        ]

    class Privacy:
        public = ()
        internal = ("uid", "unit", "family", "month", "claimed_at", "claimed_by", "claimed_index", "confirmed_at", "confirmed_by",
                    "confirmed_index")
        personal = ()


class Expectation(models.Model):
    """Which unit has to return which family, from which day; kept as dated rows."""

    unit = models.CharField("单位", max_length=UID_LENGTH, db_comment="单位标识")
    family = models.CharField("类别", max_length=16, db_comment="记录类别代码")
    since = models.DateField("自", db_comment="自何日起须报送")
    until = models.DateField("至", null=True, db_comment="至何日止，空为仍须报送")

    class Meta:
        verbose_name = "报送要求"
        verbose_name_plural = verbose_name
        db_table_comment = "报送要求：哪个单位须报送哪类记录"
        constraints = [models.UniqueConstraint(fields=["unit", "family", "since"], name="expectation_once")]

    class Privacy:
        public = ()
        internal = ("unit", "family", "since", "until")
        personal = ()


class Reminder(models.Model):
    """A silent unit was reminded."""

    unit = models.CharField("单位", max_length=UID_LENGTH, db_comment="单位标识")
    family = models.CharField("类别", max_length=16, db_comment="记录类别代码")
    month = models.CharField("月份", max_length=MONTH_LENGTH, db_comment="所属月份，YYYY-MM")
    sent_at = models.DateTimeField("催报时间", db_comment="催报时间")
    sent_by = models.CharField("催报人", max_length=PERSON_LENGTH, db_comment="催报人的化名标识")

    class Meta:
        verbose_name = "催报"
        verbose_name_plural = verbose_name
        db_table_comment = "催报：对未报送的单位"
        indexes = [models.Index(fields=["month", "unit"], name="reminder_month_unit")]

    class Privacy:
        public = ()
        internal = ("unit", "family", "month", "sent_at", "sent_by")
        personal = ()


class MonthReceipt(models.Model):
    """A month that was closed for a unit and those beneath it, as it stood then."""

    uid = UidField()
    unit = models.CharField("单位", max_length=UID_LENGTH, db_comment="办结单位标识")
    month = models.CharField("月份", max_length=MONTH_LENGTH, db_comment="所办结月份，YYYY-MM")
    payload = models.JSONField("内容", db_comment="办结时各单位各类别的状态与未了事项，不含个人信息")
    salt = models.BinaryField("盐", db_comment="承诺所用的盐")
    commitment = models.CharField("承诺", max_length=64, db_comment="内容的承诺值")
    log_index = models.BigIntegerField("日志序号", unique=True, db_comment="办结在日志中的条目序号")
    closed_at = models.DateTimeField("办结时间", db_comment="办结时间")
    closed_by = models.CharField("办结人", max_length=PERSON_LENGTH, db_comment="办结人的化名标识")

    class Meta:
        verbose_name = "月度办结"
        verbose_name_plural = verbose_name
        db_table_comment = "月度办结回执：可离线验证"
        indexes = [models.Index(fields=["unit", "month"], name="month_receipt_unit")]

    class Privacy:
        public = ()
        internal = ("uid", "unit", "month", "payload", "salt", "commitment", "log_index", "closed_at", "closed_by")
        personal = ()
