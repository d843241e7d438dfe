"""What do all tables share, and what waits to be told after a commit?"""

from __future__ import annotations

from django.db import models

from ximu.foundation.uid import new_uid

UID_LENGTH = 16


class UidField(models.CharField):
    """The outside name of a row: random, unique, safe in a URL."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("max_length", UID_LENGTH)
        kwargs.setdefault("default", new_uid)
        kwargs.setdefault("unique", True)
        kwargs.setdefault("editable", False)
        kwargs.setdefault("verbose_name", "标识")
        kwargs.setdefault("db_comment", "对外标识：随机，不含顺序与数量")
        super().__init__(*args, **kwargs)


class Outbox(models.Model):
    """An announcement that waits for one handler; written in the transaction that it tells of."""

    class State(models.TextChoices):
        PENDING = "pending", "待投递"
        DONE = "done", "已投递"
        PARKED = "parked", "已搁置"

    handler = models.CharField("处理者", max_length=120, db_comment="登记的处理者名称")
    event = models.CharField("事项", max_length=120, db_comment="公告类名")
    body = models.JSONField("内容", db_comment="公告内容，不含个人信息")
    state = models.CharField("状态", max_length=8, choices=State, default=State.PENDING, db_comment="投递状态")
    attempts = models.PositiveIntegerField("次数", default=0, db_comment="已尝试次数")
    created_at = models.DateTimeField("写入时间", db_comment="写入时间")
    due_at = models.DateTimeField("下次投递", db_comment="下次投递时间")
    error = models.CharField("最近错误", max_length=200, blank=True, db_comment="最近一次错误的类型")

    class Meta:
        verbose_name = "待办公告"
        verbose_name_plural = verbose_name
        db_table_comment = "公告发件箱：与所述变更同事务写入，提交后投递"
        indexes = [models.Index(fields=["state", "due_at"], name="outbox_state_due")]

    class Privacy:
        public = ()
        internal = ("handler", "event", "body", "state", "attempts", "created_at", "due_at", "error")
        personal = ()


class Reply(models.Model):
    """What was answered to a request with an `Idempotency-Key`, so that its repeat has no second effect."""

    actor = models.CharField("行为人", max_length=UID_LENGTH, db_comment="行为人标识")
    key = models.CharField("键", max_length=80, db_comment="请求方给出的幂等键")
    request = models.CharField("请求散列", max_length=64, db_comment="方法、地址与内容的散列")
    status = models.PositiveSmallIntegerField("状态码", default=0, db_comment="回答的状态码，0为办理中，1为已有内容生效而未及回答")
    body = models.BinaryField("回答", default=bytes, db_comment="回答内容")
    content_type = models.CharField("类型", max_length=80, blank=True, db_comment="回答的内容类型")
    created_at = models.DateTimeField("时间", db_comment="首次请求时间；办理中断后由重复提交接办的，为接办时间")

    class Meta:
        verbose_name = "幂等回答"
        verbose_name_plural = verbose_name
        db_table_comment = "幂等回答：同一键的重复提交得到同样的回答，保存24小时"
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="reply_once")]
        indexes = [models.Index(fields=["created_at"], name="reply_created")]

    class Privacy:
        public = ()
        internal = ("actor", "key", "request", "status", "content_type", "created_at")
        personal = ("body",)


class Duty(models.Model):
    """A job that runs by itself: when it is due, who holds it now, how its last run went."""

    class Outcome(models.TextChoices):
        NONE = "", "尚未运行"
        DONE = "done", "完成"
        FAILED = "failed", "失败"

    name = models.CharField("作业", max_length=40, unique=True, db_comment="登记的作业名称")
    due_at = models.DateTimeField("下次运行", db_comment="下次到期时间")
    holder = models.CharField("占用者", max_length=UID_LENGTH, blank=True, db_comment="正在运行的一次的随机标识，空为无")
    held_until = models.DateTimeField("占用至", null=True, db_comment="占用期满后他人可接手")
    ran_at = models.DateTimeField("上次运行", null=True, db_comment="上次开始的时间")
    seconds = models.FloatField("用时", default=0, db_comment="上次用时，秒")
    outcome = models.CharField("结果", max_length=8, choices=Outcome, blank=True, default=Outcome.NONE, db_comment="上次结果")
    said = models.CharField("说明", max_length=200, blank=True, db_comment="上次的计数，失败时为错误类型或拒绝代码")
    failures = models.PositiveIntegerField("连续失败", default=0, db_comment="连续失败次数")

    class Meta:
        verbose_name = "作业"
        verbose_name_plural = verbose_name
        db_table_comment = "自动作业：到期、占用与上次结果"

    class Privacy:
        public = ()
        internal = ("name", "due_at", "holder", "held_until", "ran_at", "seconds", "outcome", "said", "failures")
        personal = ()


class Doomed(models.Model):
    """A file or folder that goes from the disk when the transaction that says so has committed."""

    path = models.CharField("位置", max_length=255, db_index=True, db_comment="平台目录下的相对位置，不含名称与内容")

    class Meta:
        verbose_name = "待销毁文件"
        verbose_name_plural = verbose_name
        db_table_comment = "待销毁文件：与删除同事务写入，提交后销毁，未完成的由作业补做"

    class Privacy:
        public = ()
        internal = ("path",)
        personal = ()


class SignMark(models.Model):
    """A keyed digest of an address, a telephone or a person of one of two sides that are compared. The value itself is kept nowhere."""

    book = models.CharField("比对", max_length=20, db_comment="哪一项比对")
    side = models.CharField("一方", max_length=8, db_comment="比对双方中的哪一方")
    owner = models.CharField("所属", max_length=40, db_comment="机构代码或者单位标识")
    who = models.CharField("人员", max_length=UID_LENGTH, blank=True, db_comment="名录中工作人员的内部编号，仅人员摘要有")
    kind = models.CharField("类别", max_length=7, db_comment="地址、电话、人员")
    mark = models.CharField("摘要", max_length=64, db_index=True, db_comment="带密钥摘要，库内不能还原")

    class Meta:
        verbose_name = "比对摘要"
        verbose_name_plural = verbose_name
        db_table_comment = "比对摘要：只有带密钥摘要，没有原值"
        constraints = [models.UniqueConstraint(fields=["book", "side", "owner", "who", "kind", "mark"], name="sign_once")]

    class Privacy:
        public = ()
        internal = ("book", "side", "owner", "who", "kind", "mark")
        personal = ()
