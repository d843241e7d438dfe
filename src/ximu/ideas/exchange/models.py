"""Channels, what waits to go out, packages with their receipts, packages received, and what was refused."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ximu.foundation.models import UID_LENGTH, UidField

CODE_LENGTH = 24


class Channel(models.Model):
    """One receiver and one way of sending. `sequence` and `digest` are the last package out, `in_*` the last that came in.

    One person proposes that it be closed (`closing_*`), another closes it (`closed_*`), for good."""

    class Kind(models.TextChoices):
        DROP = "drop", "文件交换"
        PUSH = "push", "推送"
        PULL = "pull", "对方拉取"

    uid = UidField()
    code = models.CharField("代码", max_length=CODE_LENGTH, unique=True, db_comment="通道代码")
    profile = models.CharField("配置", max_length=40, db_comment="接收方配置代码")
    kind = models.CharField("方式", max_length=4, choices=Kind, db_comment="文件交换、推送或拉取")
    address = models.CharField("地址", max_length=300, blank=True, db_comment="文件夹或网址，拉取为空")
    peer_key = models.CharField("对方公钥", max_length=200, db_comment="对方验证公钥（C2SP）")
    unit = models.CharField("对方单位", max_length=UID_LENGTH, db_comment="对方单位标识；不在名录内的为通道标识")
    active = models.BooleanField("启用", default=True, db_comment="停用后不再排队和发送")
    sequence = models.PositiveIntegerField("已发序号", default=0, db_comment="最后一个发出数据包的序号")
    digest = models.CharField("已发摘要", max_length=64, blank=True, db_comment="最后一个发出数据包的摘要")
    in_sequence = models.PositiveIntegerField("已收序号", default=0, db_comment="最后一个收下数据包的序号")
    in_digest = models.CharField("已收摘要", max_length=64, blank=True, db_comment="最后一个收下数据包的摘要")
    opened_at = models.DateTimeField("开通时间", db_comment="开通时间")
    opened_by = models.CharField("开通人", max_length=64, db_comment="开通人的化名标识")
    closing_at = models.DateTimeField("提出停用时间", null=True, db_comment="提出停用的时间；撤回后为空")
    closing_by = models.CharField("提出停用人", max_length=64, blank=True, db_comment="提出停用人的化名标识")
    reason = models.CharField("停用理由", max_length=400, blank=True, db_comment="停用理由")
    closed_at = models.DateTimeField("停用时间", null=True, db_comment="另一人确认停用的时间")
    closed_by = models.CharField("停用确认人", max_length=64, blank=True, db_comment="停用确认人的化名标识，与提出人不同")
    log_index = models.BigIntegerField("停用日志序号", null=True, unique=True, db_comment="停用在日志中的条目序号")

    class Meta:
        verbose_name = "通道"
        verbose_name_plural = verbose_name
        db_table_comment = "通道：一个接收方，一种传送方式"
        constraints = [
            models.CheckConstraint(condition=Q(closing_at__isnull=True, closing_by="") | (Q(closing_at__isnull=False) & ~Q(closing_by="")),
                                   name="channel_closing_pair"),
            models.CheckConstraint(condition=Q(closed_at__isnull=True, closed_by="", log_index__isnull=True) | (
                Q(closed_at__isnull=False, log_index__isnull=False, closing_at__isnull=False, active=False) & ~Q(closed_by="")
                & ~Q(closed_by=models.F("closing_by"))), name="channel_closed_by_two"),
        ]

    class Privacy:
        public = ()
        internal = ("uid", "code", "profile", "kind", "address", "peer_key", "unit", "active", "sequence", "digest", "in_sequence",
                    "in_digest", "opened_at", "opened_by", "closing_at", "closing_by", "reason", "closed_at", "closed_by", "log_index")
        personal = ()


class Package(models.Model):
    """A signed package. Its rows lie in `Row`, so that an erased row is gone from every package that carried it."""

    class State(models.TextChoices):
        BUILT = "built", "待发送"
        SENT = "sent", "未回执"
        DONE = "done", "已回执"

    uid = UidField()
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="packages", verbose_name="通道", db_comment="通道")
    sequence = models.PositiveIntegerField("序号", db_comment="在通道内连续的序号")
    digest = models.CharField("摘要", max_length=64, db_comment="清单的摘要")
    note = models.TextField("清单与签名", db_comment="已签名的清单，不含行内容")
    rows = models.PositiveIntegerField("行数", db_comment="行数")
    state = models.CharField("状态", max_length=5, choices=State, default=State.BUILT, db_comment="待发送、未回执或已回执")
    attempts = models.PositiveIntegerField("次数", default=0, db_comment="已发送次数")
    error = models.CharField("最近错误", max_length=60, blank=True, db_comment="最近一次未成功的代码")
    made_at = models.DateTimeField("生成时间", db_comment="生成时间")
    due_at = models.DateTimeField("下次发送", db_comment="下次发送时间")
    escalated_at = models.DateTimeField("上报时间", null=True, db_comment="超过回执期限而上报的时间")
    receipt = models.TextField("回执", blank=True, db_comment="对方签名的回执")
    settled_at = models.DateTimeField("回执时间", null=True, db_comment="收到回执的时间")
    log_index = models.BigIntegerField("日志序号", null=True, unique=True, db_comment="回执在日志中的条目序号")

    class Meta:
        verbose_name = "数据包"
        verbose_name_plural = verbose_name
        db_table_comment = "数据包：签名、编号、逐行回执"
        constraints = [
            models.UniqueConstraint(fields=["channel", "sequence"], name="package_once"),
            models.CheckConstraint(
                condition=~Q(state="done") | (Q(settled_at__isnull=False, log_index__isnull=False) & ~Q(receipt="")),
                name="package_receipt",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="package_due")]

    class Privacy:
        public = ()
        internal = ("uid", "channel", "sequence", "digest", "note", "rows", "state", "attempts", "error", "made_at", "due_at",
                    "escalated_at", "receipt", "settled_at", "log_index")
        personal = ()


class Row(models.Model):
    """One message to one receiver: publish this, or take it back."""

    class State(models.TextChoices):
        WAITING = "waiting", "待打包"
        PACKED = "packed", "已打包"
        ACCEPTED = "accepted", "已采纳"
        REFUSED = "refused", "被退回"
        BARRED = "barred", "不得共享"
        DROPPED = "dropped", "未发已撤"

    uid = UidField()
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="rows", verbose_name="通道", db_comment="通道")
    publication = models.CharField("公开", max_length=UID_LENGTH, db_comment="所依公开的标识")
    op = models.CharField("事项", max_length=6, db_comment="发布或召回")
    number = models.CharField("记录编号", max_length=13, db_index=True, db_comment="记录编号")
    version = models.SmallIntegerField("版本", db_comment="记录版本")
    body = models.TextField("内容", blank=True, db_comment="规范JSON一行，只含已公开内容；删除后为空")
    digest = models.CharField("摘要", max_length=64, blank=True, db_comment="加盐内容的摘要")
    effect = models.CharField("效果", max_length=UID_LENGTH, blank=True, db_comment="效果台账中的标识")
    package = models.ForeignKey(Package, on_delete=models.PROTECT, null=True, related_name="carried", verbose_name="数据包",
                                db_comment="所在数据包")
    position = models.PositiveIntegerField("位置", default=0, db_comment="在数据包中的位置")
    state = models.CharField("状态", max_length=8, choices=State, default=State.WAITING, db_comment="待打包至已采纳")
    code = models.CharField("代码", max_length=24, blank=True, db_comment="被退回、不得共享或因策略收紧而召回的代码")
    policy = models.CharField("策略", max_length=40, blank=True, db_comment="最近一次核对所用的公开策略版本及其规则日期")
    made_at = models.DateTimeField("产生时间", db_comment="产生时间")

    class Meta:
        verbose_name = "待发行"
        verbose_name_plural = verbose_name
        db_table_comment = "待发行：每条公开对每个接收方至多一条发布、一条召回"
        constraints = [models.UniqueConstraint(fields=["channel", "publication", "op"], name="row_once")]
        indexes = [models.Index(fields=["channel", "state"], name="row_state"),
                   models.Index(fields=["package", "position"], name="row_place")]

    class Privacy:
        public = ()
        internal = ("uid", "channel", "publication", "op", "number", "version", "digest", "effect", "package", "position", "state",
                    "code", "policy", "made_at", "body")
        personal = ()


class Received(models.Model):
    """A package that took effect here, once. Its rows went to intake."""

    uid = UidField()
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="received", verbose_name="通道", db_comment="通道")
    sequence = models.PositiveIntegerField("序号", db_comment="对方序号")
    digest = models.CharField("摘要", max_length=64, db_comment="清单的摘要")
    accepted = models.PositiveIntegerField("采纳", db_comment="采纳行数")
    refused = models.PositiveIntegerField("退回", db_comment="退回行数")
    deliveries = models.JSONField("批次", db_comment="转入归集的批次标识")
    receipt = models.TextField("回执", db_comment="本方签名的回执")
    received_at = models.DateTimeField("收到时间", db_comment="收到时间")
    log_index = models.BigIntegerField("日志序号", unique=True, db_comment="收件在日志中的条目序号")

    class Meta:
        verbose_name = "收件"
        verbose_name_plural = verbose_name
        db_table_comment = "收件：每个对端的每个序号只生效一次"
        constraints = [models.UniqueConstraint(fields=["channel", "sequence"], name="received_once")]

    class Privacy:
        public = ()
        internal = ("uid", "channel", "sequence", "digest", "accepted", "refused", "deliveries", "receipt", "received_at", "log_index")
        personal = ()


class Trace(models.Model):
    """What came in and changed nothing: one line for each attempt."""

    uid = UidField()
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="traces", verbose_name="通道", db_comment="通道")
    code = models.CharField("代码", max_length=24, db_comment="拒收代码")
    digest = models.CharField("摘要", max_length=64, db_comment="所收内容的散列")
    at = models.DateTimeField("时间", db_comment="拒收时间")

    class Meta:
        verbose_name = "拒收留痕"
        verbose_name_plural = verbose_name
        db_table_comment = "拒收留痕：伪造、重放、缺号、乱序，不产生任何效果"

    class Privacy:
        public = ()
        internal = ("uid", "channel", "code", "digest", "at")
        personal = ()


class Forwarded(models.Model):
    """A matter that a peer forwarded to us, once: whose case it is there, which case it is here. Its words lie in the case alone."""

    uid = UidField()
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="forwarded", verbose_name="通道", db_comment="通道")
    theirs = models.CharField("对方案号", max_length=64, db_comment="对方平台的案件编号")
    digest = models.CharField("摘要", max_length=64, db_comment="所收行的加盐摘要")
    number = models.CharField("记录编号", max_length=13, db_index=True, db_comment="所涉记录编号")
    case = models.CharField("案件", max_length=UID_LENGTH, unique=True, db_comment="本方案件标识")
    outcome = models.CharField("结果", max_length=24, blank=True, db_comment="办结状态代码；未办结为空")
    received_at = models.DateTimeField("收到时间", db_comment="收到时间")

    class Meta:
        verbose_name = "转来事项"
        verbose_name_plural = verbose_name
        db_table_comment = "转来事项：对方平台转来的异议，每个对方案号只立一案"
        constraints = [models.UniqueConstraint(fields=["channel", "theirs"], name="forwarded_once")]

    class Privacy:
        public = ()
        internal = ("uid", "channel", "theirs", "digest", "number", "case", "outcome", "received_at")
        personal = ()


class Balanced(models.Model):
    """A reconciliation that both sides signed: the statement with two signatures. Even or not, its differences stand in it by number."""

    uid = UidField()
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="balanced", verbose_name="通道", db_comment="通道")
    digest = models.CharField("摘要", max_length=64, unique=True, db_comment="对账单内容的摘要")
    note = models.TextField("对账单", db_comment="双方签名的对账单：计数、逐号差异、双方清单摘要")
    even = models.BooleanField("相符", db_comment="双方是否相符")
    ours = models.PositiveIntegerField("本方计数", db_comment="本方记录数")
    theirs = models.PositiveIntegerField("对方计数", db_comment="对方记录数")
    signed_at = models.DateTimeField("收到时间", db_comment="收到对方签名的时间")
    log_index = models.BigIntegerField("日志序号", unique=True, db_comment="对账在日志中的条目序号")

    class Meta:
        verbose_name = "对账"
        verbose_name_plural = verbose_name
        db_table_comment = "对账：双方签名，按记录编号"

    class Privacy:
        public = ()
        internal = ("uid", "channel", "digest", "note", "even", "ours", "theirs", "signed_at", "log_index")
        personal = ()


class Registration(models.Model):
    """An office's request that a key speak for a channel: the first, or one that takes the place of another. Confirmed ones are the history
    of keys: which key spoke from when on."""

    class State(models.TextChoices):
        ASKED = "asked", "待确认"
        CONFIRMED = "confirmed", "已确认"
        DECLINED = "declined", "不予确认"
        WITHDRAWN = "withdrawn", "已撤回"

    uid = UidField()
    code = models.CharField("通道", max_length=CODE_LENGTH, db_comment="所登记的通道代码")
    profile = models.CharField("配置", max_length=40, db_comment="接收方配置代码")
    kind = models.CharField("方式", max_length=4, choices=Channel.Kind, db_comment="推送或拉取")
    address = models.CharField("地址", max_length=300, blank=True, db_comment="推送的网址，拉取为空")
    peer_key = models.CharField("公钥", max_length=200, db_comment="所登记的验证公钥（C2SP）")
    unit = models.CharField("单位", max_length=UID_LENGTH, db_comment="登记单位标识")
    replaces = models.CharField("原公钥", max_length=200, blank=True, db_comment="所取代的该通道原有公钥；新通道为空")
    note = models.TextField("登记书", db_comment="以该公钥对应私钥签名的登记书，证明持有私钥")
    state = models.CharField("状态", max_length=9, choices=State, default=State.ASKED, db_comment="待确认、已确认、不予确认或已撤回")
    asked_at = models.DateTimeField("登记时间", db_comment="登记时间")
    asked_by = models.CharField("登记人", max_length=64, db_comment="登记人的化名标识")
    decided_at = models.DateTimeField("办结时间", null=True, db_comment="确认、不予确认或撤回的时间")
    decided_by = models.CharField("办结人", max_length=64, blank=True, db_comment="办结人的化名标识")
    reason = models.CharField("理由", max_length=400, blank=True, db_comment="不予确认的理由")
    log_index = models.BigIntegerField("日志序号", null=True, unique=True, db_comment="确认在日志中的条目序号")

    class Meta:
        verbose_name = "接入登记"
        verbose_name_plural = verbose_name
        db_table_comment = "接入登记：对接单位登记公钥，由另一人确认后生效"
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=Q(state="asked"), name="registration_one_open"),
            models.CheckConstraint(condition=Q(decided_at__isnull=True, decided_by="") | (Q(decided_at__isnull=False) & ~Q(decided_by="")),
                                   name="registration_decided"),
            models.CheckConstraint(
                condition=Q(state="confirmed", log_index__isnull=False) | (~Q(state="confirmed") & Q(log_index__isnull=True)),
                name="registration_logged"),
        ]

    class Privacy:
        public = ()
        internal = ("uid", "code", "profile", "kind", "address", "peer_key", "unit", "replaces", "note", "state", "asked_at", "asked_by",
                    "decided_at", "decided_by", "reason", "log_index")
        personal = ()
