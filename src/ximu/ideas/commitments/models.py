"""One row a promise (a cursor that follows from its steps), the steps (only added), the counterpart (apart), the daily passes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ximu.foundation.models import UID_LENGTH, UidField
from ximu.ideas.commitments.rules import STATES

PERSON_LENGTH = 64


class Commitment(models.Model):
    """Where a promise stands. Every column follows from the steps; the daily pass moves `state`."""

    uid = UidField()
    kind = models.CharField("种类", max_length=40, db_comment="承诺种类代码")
    domain = models.CharField("领域", max_length=8, blank=True, db_comment="任务表行号，如D4")
    unit = models.CharField("承诺单位", max_length=UID_LENGTH, db_comment="作出承诺的单位标识，承继关系按名录推算")
    post = models.CharField("岗位", max_length=UID_LENGTH, blank=True, db_comment="作出承诺的岗位标识")
    official = models.CharField("承诺人", max_length=UID_LENGTH, blank=True, db_comment="作出承诺的公务员标识，可为空")
    reference = models.CharField("承诺书号", max_length=120, blank=True, db_comment="承诺书、协议或合同编号")
    title = models.CharField("事项", max_length=200, db_comment="承诺事项名称（现行版本）")
    made_on = models.DateField("承诺日", db_comment="作出承诺之日")
    begins = models.DateField("起始日", db_comment="开始履行之日")
    due_asked = models.DateField("约定到期日", db_comment="约定的到期日，未顺延")
    due = models.DateField("到期日", db_comment="到期日，遇休息日顺延至工作日")
    rolled = models.BooleanField("已核顺延", db_comment="是否已按节假日安排核定顺延；安排尚未公布的为否")
    grace_until = models.DateField("整改期满日", db_comment="逾期后可以整改的最后一日")
    kept_on = models.DateField("兑现日", null=True, db_comment="经证据证明兑现之日，未兑现为空")
    part = models.BooleanField("部分达标", default=False, db_comment="整改期满时进度是否达到部分兑现标准")
    lacking = models.BooleanField("数据不足", default=False, db_comment="按数据判定的承诺在到期日没有可用数值")
    declined_on = models.DateField("拒绝日", null=True, db_comment="承诺单位表示不履行之日，未表示为空")
    closed_on = models.DateField("终止日", null=True, db_comment="变更替代或撤回之日，未终止为空")
    closed_as = models.CharField("终止方式", max_length=12, blank=True, db_comment="变更替代或撤回，未终止为空")
    state = models.CharField("状态", max_length=12, db_comment="按规则当日判定的状态（游标）")
    progress = models.DecimalField("进度", max_digits=5, decimal_places=4, default=0, db_comment="经证据证明的进度，0至1")
    disputed = models.BooleanField("异议中", default=False, db_comment="对方异议尚未答复")
    answer_due = models.DateField("答复期限", null=True, db_comment="异议答复的末日，无异议为空")
    amount = models.DecimalField("金额", max_digits=18, decimal_places=2, null=True, db_comment="承诺金额（元），不涉金额为空")
    flags = models.JSONField("标注", default=list, db_comment="登记时的标注代码：超越职权、无预算科目等")
    terms = models.JSONField("条款", db_comment="现行版本的全部条款")
    series = models.CharField("数据序列", max_length=120, blank=True, db_comment="目标值由系统读取的数据序列，人工或系统报送的为空")
    version = models.PositiveSmallIntegerField("版本", default=1, db_comment="现行版本号")
    revision = models.PositiveIntegerField("步骤数", default=1, db_comment="已有步骤数，用于防止并发覆盖")
    follower = models.CharField("替代承诺", max_length=UID_LENGTH, blank=True, db_comment="替代本承诺的承诺标识")
    registered_at = models.DateTimeField("登记时间", db_comment="登记时间")
    registered_by = models.CharField("登记人", max_length=PERSON_LENGTH, db_comment="登记人的化名标识，用于双人原则")

    class Meta:
        verbose_name = "承诺"
        verbose_name_plural = verbose_name
        db_table_comment = "承诺登记册：一行一项，游标由步骤推出"
        constraints = [
            models.UniqueConstraint(fields=["unit", "kind", "reference"], condition=~Q(reference=""), name="promise_reference_once"),
            models.CheckConstraint(condition=Q(state__in=sorted(STATES)), name="promise_state_known"),
            models.CheckConstraint(condition=Q(closed_on__isnull=True, closed_as="") | (Q(closed_on__isnull=False) & ~Q(closed_as="")),
                                   name="promise_closed_pair"),
            models.CheckConstraint(condition=Q(disputed=False, answer_due__isnull=True) | Q(disputed=True, answer_due__isnull=False),
                                   name="promise_dispute_pair"),
        ]
        indexes = [
            models.Index(fields=["state", "due"], name="promise_state_due"),
            models.Index(fields=["unit", "state"], name="promise_unit_state"),
            models.Index(fields=["domain", "kind"], name="promise_domain_kind"),
            models.Index(fields=["answer_due"], condition=Q(disputed=True), name="promise_waiting"),
            models.Index(fields=["due_asked"], condition=Q(rolled=False), name="promise_unrolled"),
            models.Index(fields=["series"], name="promise_series"),
        ]

    class Privacy:
        public = ()
        internal = (
            "uid", "kind", "domain", "unit", "post", "reference", "title", "made_on", "begins", "due_asked", "due", "rolled", "grace_until",
            "kept_on", "part", "lacking",
            "declined_on", "closed_on", "closed_as", "state", "progress", "disputed", "answer_due", "amount", "flags",
            "terms", "series", "version", "revision", "follower", "registered_at", "registered_by",
        )
        personal = ("official",)


class Counterpart(models.Model):
    """To whom it was promised: personal or commercial, so kept apart; the log knows only a salted commitment."""

    commitment = models.OneToOneField(Commitment, models.PROTECT, related_name="counterpart", verbose_name="承诺", db_comment="所属承诺")
    kind = models.CharField("类别", max_length=12, db_comment="企业、个人、代表委员或公众")
    name = models.CharField("名称", max_length=200, db_comment="对方名称")
    code = models.CharField("代码", max_length=40, blank=True, db_comment="对方统一社会信用代码，自然人不填")
    salt = models.BinaryField("盐", db_comment="承诺值所用的盐")

    class Meta:
        verbose_name = "承诺对象"
        verbose_name_plural = verbose_name
        db_table_comment = "承诺对象：与承诺分表保存，不对外"

    class Privacy:
        public = ()
        internal = ("commitment", "kind", "salt")
        personal = ("name", "code")


class Key(models.Model):
    """The code by which the counterpart acts without an account; a new one takes the place of the old."""

    commitment = models.OneToOneField(Commitment, models.PROTECT, related_name="key", verbose_name="承诺", db_comment="所属承诺")
    slow = models.CharField("慢散列", max_length=64, unique=True, db_comment="办理码的Argon2id散列，不存明文")
    given_at = models.DateTimeField("发放时间", db_comment="发放时间")
    given_by = models.CharField("发放人", max_length=PERSON_LENGTH, db_comment="发放人的化名标识")

    class Meta:
        verbose_name = "对方办理码"
        verbose_name_plural = verbose_name
        db_table_comment = "承诺对象的办理码：一项承诺一个，只存散列"

    class Privacy:
        public = ()
        internal = ("commitment", "slow", "given_at", "given_by")
        personal = ()


class Guess(models.Model):
    """Wrong codes of one hour, from anybody."""

    hour = models.DateTimeField("小时", primary_key=True, db_comment="整点")
    count = models.PositiveIntegerField("次数", default=0, db_comment="该小时内输错办理码的次数")

    class Meta:
        verbose_name = "办理码试探"
        verbose_name_plural = verbose_name
        db_table_comment = "每小时输错办理码的次数，用于限速"

    class Privacy:
        public = ()
        internal = ("hour", "count")
        personal = ()


class Step(models.Model):
    """Something done with a promise; only added. Its log entry is a salted commitment to every column."""

    log_index = models.BigIntegerField("日志序号", primary_key=True, db_comment="本步骤在日志中的条目序号")
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="steps", verbose_name="承诺", db_comment="所属承诺")
    what = models.CharField("事项", max_length=12, db_comment="步骤代码")
    on = models.DateField("所涉日期", db_comment="该步骤所述情况的日期")
    known_at = models.DateTimeField("办理时间", db_comment="系统获知时间")
    by = models.CharField("办理人", max_length=PERSON_LENGTH, db_comment="办理人的化名标识")
    detail = models.JSONField("内容", db_comment="条款、证据摘要、理由等")
    salt = models.BinaryField("盐", db_comment="承诺值所用的盐")

    class Meta:
        verbose_name = "承诺步骤"
        verbose_name_plural = verbose_name
        db_table_comment = "承诺步骤：只增不改，一行一事"
        indexes = [models.Index(fields=["commitment", "log_index"], name="promise_step_order")]

    class Privacy:
        public = ()
        internal = ("log_index", "commitment", "what", "on", "known_at", "by", "salt")
        personal = ("detail",)


class Evaluation(models.Model):
    """One daily pass over all promises."""

    uid = UidField()
    on = models.DateField("判定日", db_comment="判定所依之日")
    at = models.DateTimeField("时间", db_comment="判定时间")
    by = models.CharField("判定者", max_length=PERSON_LENGTH, db_comment="发起判定者的标识")
    counts = models.JSONField("各状态件数", default=dict, db_comment="判定后各状态件数")
    turned = models.PositiveIntegerField("变动件数", default=0, db_comment="本次状态变动的件数")
    digest = models.CharField("摘要", max_length=64, blank=True, db_comment="全部状态变动的摘要")
    log_index = models.BigIntegerField("日志序号", null=True, db_comment="日志中的条目序号，写入前为空")

    class Meta:
        verbose_name = "每日判定"
        verbose_name_plural = verbose_name
        db_table_comment = "每日判定：一次判定一行"

    class Privacy:
        public = ("uid", "on", "at", "counts", "turned", "digest", "log_index")
        internal = ("by",)
        personal = ()


class Turn(models.Model):
    """A promise that turned in a daily pass."""

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="turns", verbose_name="判定", db_comment="所属判定")
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="turns", verbose_name="承诺", db_comment="所涉承诺")
    before = models.CharField("原状态", max_length=12, db_comment="原状态")
    after = models.CharField("新状态", max_length=12, db_comment="新状态")

    class Meta:
        verbose_name = "状态变动"
        verbose_name_plural = verbose_name
        db_table_comment = "每日判定中的状态变动"

    class Privacy:
        public = ()
        internal = ("evaluation", "commitment", "before", "after")
        personal = ()
