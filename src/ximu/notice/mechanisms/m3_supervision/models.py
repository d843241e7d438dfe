"""Proposals with opinions and answers; rounds with samples, visits, findings, replies; extracts that verify offline."""

from __future__ import annotations

from django.db import models

from ximu.foundation.models import UID_LENGTH, UidField


class Proposal(models.Model):
    uid = UidField()
    session = models.CharField("届次", max_length=40, db_comment="人大会议或政协会议届次")
    number = models.CharField("编号", max_length=20, db_comment="建议或提案编号")
    kind = models.CharField("类别", max_length=12, db_comment="代表建议或政协提案")
    title = models.CharField("标题", max_length=200, db_comment="标题")
    text = models.TextField("内容", blank=True, db_comment="内容")
    delegate = models.CharField("代表委员", max_length=64, db_index=True, db_comment="领衔代表委员的人员标识（由编号导出的假名）")
    lead = models.CharField("主办单位", max_length=UID_LENGTH, db_index=True, db_comment="主办单位标识")
    assisting = models.JSONField("会办单位", default=list, db_comment="会办单位标识")
    received_on = models.DateField("收到日期", null=True, blank=True, db_comment="收到日期")
    assigned_on = models.DateField("交办日期", db_comment="交办日期，期限自次日起算")
    case = models.CharField("办件", max_length=UID_LENGTH, blank=True, db_comment="办理的办件标识")
    answer_class = models.CharField("答复类别", max_length=1, blank=True, db_comment="A至D，最近一次答复")
    answered_on = models.DateField("答复日期", null=True, blank=True, db_comment="首次答复日期")
    rating = models.CharField("满意度", max_length=12, blank=True, db_comment="代表委员最近一次评价")
    promise = models.CharField("承诺", max_length=UID_LENGTH, blank=True, db_comment="由答复形成的承诺标识")
    imported_at = models.DateTimeField("导入时间", db_comment="导入时间")
    digest = models.CharField("摘要", max_length=64, db_comment="交办内容的SHA-256，重复导入据此识别")

    class Meta:
        verbose_name = "建议提案"
        verbose_name_plural = verbose_name
        db_table_comment = "建议提案：届次与编号唯一"
        constraints = [models.UniqueConstraint(fields=["session", "number"], name="m3_proposal_once")]

    class Privacy:
        public = ("uid", "session", "number", "kind", "title", "lead", "assisting", "assigned_on", "answer_class", "answered_on", "rating")
        internal = ("text", "received_on", "case", "promise", "imported_at", "digest")
        personal = ("delegate",)


class Signer(models.Model):
    """A delegate who signed a proposal beside the one who leads it."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="signers", verbose_name="建议提案",
                                 db_comment="所属建议提案")
    delegate = models.CharField("联名代表委员", max_length=64, db_index=True, db_comment="联名代表委员的人员标识（由编号导出的假名）")

    class Meta:
        verbose_name = "联名代表委员"
        verbose_name_plural = verbose_name
        db_table_comment = "联名代表委员：领衔者之外的联名者，每人一行"
        constraints = [models.UniqueConstraint(fields=["proposal", "delegate"], name="m3_signer_once")]

    class Privacy:
        public = ()
        internal = ("proposal",)
        personal = ("delegate",)


class Opinion(models.Model):
    """What an assisting unit says to the lead unit."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="opinions", verbose_name="建议提案",
                                 db_comment="所属建议提案")
    unit = models.CharField("会办单位", max_length=UID_LENGTH, db_comment="会办单位标识")
    words = models.TextField("会办意见", db_comment="会办意见")
    late = models.BooleanField("超期", db_comment="是否超过会办期限")
    at = models.DateTimeField("时间", db_comment="提出时间")

    class Meta:
        verbose_name = "会办意见"
        verbose_name_plural = verbose_name
        db_table_comment = "会办意见：每个会办单位一份"
        constraints = [models.UniqueConstraint(fields=["proposal", "unit"], name="m3_opinion_once")]

    class Privacy:
        public = ()
        internal = ("proposal", "unit", "words", "late", "at")
        personal = ()


class Answer(models.Model):
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="answers", verbose_name="建议提案",
                                 db_comment="所属建议提案")
    klass = models.CharField("类别", max_length=1, db_comment="A至D")
    words = models.TextField("答复", db_comment="答复内容")
    letter = models.CharField("答复函摘要", max_length=64, db_comment="签发的答复函SHA-256")
    due = models.DateField("承诺期限", null=True, blank=True, db_comment="B、C类答复承诺的期限")
    at = models.DateTimeField("时间", db_comment="答复时间")

    class Meta:
        verbose_name = "答复"
        verbose_name_plural = verbose_name
        db_table_comment = "答复：首次与再次"
        ordering = ["pk"]

    class Privacy:
        public = ("proposal", "klass", "words", "due", "at")
        internal = ("letter",)
        personal = ()


class Round(models.Model):
    """One inspection round: planned, seed committed, drawn, closed."""

    uid = UidField()
    year = models.PositiveSmallIntegerField("年度", db_comment="年度")
    title = models.CharField("名称", max_length=120, db_comment="督查名称")
    items = models.JSONField("清单", db_comment="检查清单：编号与内容")
    population = models.JSONField("范围", db_comment="督查范围内的单位标识，排序")
    size = models.PositiveSmallIntegerField("样本数", db_comment="抽取的单位数")
    state = models.CharField("状态", max_length=10, default="planned", db_comment="planned已建立 committed已承诺种子 drawn已抽取")
    sealed = models.TextField("种子", blank=True, db_comment="种子（加密，抽取时公开）")
    commitment = models.CharField("承诺", max_length=64, blank=True, db_comment="种子与范围的SHA-256，先行写入日志")
    committed_at = models.DateTimeField("承诺时间", null=True, blank=True, db_comment="承诺写入日志的时间")
    commit_index = models.PositiveBigIntegerField("承诺日志序号", null=True, blank=True, db_comment="承诺在日志中的序号")
    seed = models.CharField("公开种子", max_length=64, blank=True, db_comment="抽取时公开的种子")
    root = models.CharField("日志根", max_length=64, blank=True, db_comment="抽取时混入的日志根")
    root_size = models.PositiveBigIntegerField("日志规模", null=True, blank=True, db_comment="该日志根对应的日志条数")
    sample = models.JSONField("样本", default=list, db_comment="抽中的单位标识，按抽取次序")
    drawn_at = models.DateTimeField("抽取时间", null=True, blank=True, db_comment="抽取时间")
    planned_by = models.CharField("组织人", max_length=UID_LENGTH, db_comment="组织人标识")

    class Meta:
        verbose_name = "督查轮次"
        verbose_name_plural = verbose_name
        db_table_comment = "督查轮次：样本由先行承诺的种子抽取，可以重抽"

    class Privacy:
        public = ("uid", "year", "title", "items", "population", "size", "state", "commitment", "committed_at", "commit_index", "seed",
                  "root",
                  "root_size", "sample", "drawn_at")
        internal = ("sealed", "planned_by")
        personal = ()


class Visit(models.Model):
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="visits", verbose_name="轮次", db_comment="所属轮次")
    uid = UidField()
    unit = models.CharField("单位", max_length=UID_LENGTH, db_comment="被督查单位标识")
    team = models.JSONField("督查组", default=list, db_comment="督查人员的人员标识与单位")
    marks = models.JSONField("清单结果", default=dict, db_comment="清单编号到结果与说明")

    class Meta:
        verbose_name = "现场督查"
        verbose_name_plural = verbose_name
        db_table_comment = "现场督查：一个单位一次"
        constraints = [models.UniqueConstraint(fields=["round", "unit"], name="m3_visit_once")]

    class Privacy:
        public = ()
        internal = ("round", "uid", "unit", "team", "marks")
        personal = ()


class Finding(models.Model):
    uid = UidField()
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="findings", verbose_name="督查", db_comment="所属现场督查")
    token = models.CharField("表单标识", max_length=32, db_comment="重发不重复的表单标识")
    item = models.CharField("清单编号", max_length=20, db_comment="所违反的清单编号")
    criterion = models.TextField("标准", db_comment="标准")
    condition = models.TextField("情况", db_comment="情况")
    cause = models.TextField("原因", db_comment="原因")
    effect = models.TextField("影响", db_comment="影响")
    evidence = models.CharField("证据摘要", max_length=64, db_comment="证据文件的SHA-256")
    finder = models.CharField("督查人员", max_length=64, db_comment="督查人的人员标识")
    at = models.DateTimeField("时间", db_comment="提出时间")
    reply_due = models.DateField("说明期限", null=True, blank=True, db_comment="单位说明的期限")
    reply = models.TextField("单位说明", blank=True, db_comment="单位说明，随问题引用")
    replied_at = models.DateTimeField("说明时间", null=True, blank=True, db_comment="说明时间")
    reply_late = models.BooleanField("说明超期", default=False, db_comment="说明是否超期，超期仍保留")
    case = models.CharField("整改办件", max_length=UID_LENGTH, blank=True, db_comment="整改办件标识")

    class Meta:
        verbose_name = "督查问题"
        verbose_name_plural = verbose_name
        db_table_comment = "督查问题：标准、情况、原因、影响、证据；单位说明随同引用"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["visit", "token"], name="m3_finding_once")]

    class Privacy:
        public = ()
        internal = ("uid", "visit", "token", "item", "criterion", "condition", "cause", "effect", "evidence", "finder", "at", "reply_due",
                    "reply",
                    "replied_at", "reply_late", "case")
        personal = ()


class Extract(models.Model):
    """What the performance office gets: sealed in the log, verified offline."""

    uid = UidField()
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="extracts", verbose_name="轮次", db_comment="所属轮次")
    unit = models.CharField("单位", max_length=UID_LENGTH, db_comment="被督查单位标识")
    payload = models.JSONField("内容", db_comment="问题与单位说明")
    salt = models.BinaryField("盐", db_comment="承诺所用随机盐，32字节")
    commitment = models.CharField("承诺", max_length=64, db_comment="内容的加盐承诺")
    log_index = models.PositiveBigIntegerField("日志序号", db_comment="透明日志中的序号")
    at = models.DateTimeField("时间", db_comment="出具时间")

    class Meta:
        verbose_name = "督查摘录"
        verbose_name_plural = verbose_name
        db_table_comment = "督查摘录：供绩效考核部门离线核验"

    class Privacy:
        public = ()
        internal = ("uid", "round", "unit", "payload", "salt", "commitment", "log_index", "at")
        personal = ()
