"""Which methods are in use, and what was computed by them? Texts and results are kept whole and never changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ximu.foundation.models import UidField


class MethodVersion(models.Model):
    """One version of a method file. The text never changes; only the cursor `state` moves."""

    class State(models.TextChoices):
        DRAFT = "draft", "草拟"
        ADOPTED = "adopted", "已通过"

    uid = UidField()
    code = models.CharField("办法代码", max_length=40, db_comment="办法代码，各版本相同")
    version = models.CharField("版本", max_length=40, db_comment="方法文件所写的版本")
    name_zh = models.CharField("名称", max_length=200, db_comment="办法中文名称")
    name_en = models.CharField("英文名称", max_length=200, db_comment="办法英文名称")
    text = models.TextField("方法文件", db_comment="方法文件全文")
    digest = models.CharField("摘要", max_length=64, unique=True, db_comment="方法文件的SHA-256")
    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT, db_comment="现状态（游标）")
    resolution = models.CharField("决议文号", max_length=100, blank=True, db_comment="通过本版的决议文号")
    added_by = models.CharField("提交人", max_length=64, db_comment="提交人的化名标识")
    added_at = models.DateTimeField("提交时间", db_comment="提交时间")

    class Meta:
        verbose_name = "评价方法版本"
        verbose_name_plural = verbose_name
        db_table_comment = "评价方法版本：全文与摘要，只增不改"
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="method_version_once")]

    class Privacy:
        public = ("uid", "code", "version", "name_zh", "name_en", "text", "digest", "state", "resolution")
        internal = ("added_by", "added_at")
        personal = ()


class Run(models.Model):
    """One computation: what it was given (method, data, clocks, seed) and the bytes that came out."""

    class State(models.TextChoices):
        DRAFT = "draft", "初稿"
        SENT = "sent", "征求意见"
        FINAL = "final", "定稿"
        PUBLISHED = "published", "已公布"
        REPLACED = "replaced", "已重新计算"

    uid = UidField()
    method = models.ForeignKey(MethodVersion, models.PROTECT, related_name="runs", verbose_name="方法", db_comment="所用方法版本")
    period = models.CharField("考核期", max_length=10, db_comment="考核期，年份")
    as_of = models.DateField("事实截至", db_comment="事实截至何日")
    known_at = models.DateTimeField("所知截至", db_comment="只用此前已知的事实")
    log_size = models.BigIntegerField("日志大小", db_comment="计算时透明日志的条目数")
    draws = models.PositiveIntegerField("抽样次数", db_comment="名次区间的抽样次数")
    seed = models.BigIntegerField("随机种子", db_comment="抽样的随机种子")
    attached = models.TextField("所附数据", blank=True, db_comment="随附的数据文件全文，不附为空")
    data = models.TextField("输入数据", db_comment="冻结的输入数据（CSV）")
    data_digest = models.CharField("输入摘要", max_length=64, db_comment="输入数据的SHA-256")
    facts = models.JSONField("依据", db_comment="指标、单位与所依据的记录、承诺等的标识")
    result = models.TextField("结果", db_comment="结果的规范字节（JSON）")
    digest = models.CharField("结果摘要", max_length=64, db_comment="结果字节的SHA-256")
    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT, db_comment="现状态（游标）")
    run_by = models.CharField("计算人", max_length=64, db_comment="计算人的化名标识，用于第二人定稿")
    run_at = models.DateTimeField("计算时间", db_comment="计算时间")
    replaces = models.CharField("取代", max_length=16, blank=True, db_index=True, db_comment="因意见采纳而取代的计算标识，无则为空")

    class Meta:
        verbose_name = "考核计算"
        verbose_name_plural = verbose_name
        db_table_comment = "考核计算：输入、两个时钟、种子与结果，只增不改"
        ordering = ["-period", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["method", "period"], condition=Q(state__in=["final", "published"]), name="score_one_final"),
        ]

    class Privacy:
        public = ("uid", "method", "period", "as_of", "known_at", "log_size", "draws", "seed", "data_digest", "digest", "state")
        internal = ("attached", "data", "facts", "result", "run_by", "run_at", "replaces")
        personal = ()


class Act(models.Model):
    """What was done to a method or a run: one row for one entry of the log."""

    log_index = models.BigIntegerField("日志序号", primary_key=True, db_comment="本事项在日志中的序号")
    kind = models.CharField("事项", max_length=24, db_comment="日志条目类别")
    method = models.ForeignKey(MethodVersion, models.PROTECT, null=True, related_name="acts", verbose_name="方法",
                               db_comment="所涉方法版本")
    run = models.ForeignKey(Run, models.PROTECT, null=True, related_name="acts", verbose_name="计算", db_comment="所涉计算")
    by = models.CharField("经办人", max_length=64, db_comment="经办人的化名标识")
    at = models.DateTimeField("时间", db_comment="办理时间")

    class Meta:
        verbose_name = "考核事项"
        verbose_name_plural = verbose_name
        db_table_comment = "考核事项：一行对应日志一条"

    class Privacy:
        public = ("log_index", "kind", "method", "run")
        internal = ("by", "at")
        personal = ()


class Stale(models.Model):
    """A fact beneath a result was corrected or lost its effect since: the result is to be computed anew. Rows are only added."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="stale", verbose_name="计算", db_comment="所涉考核计算")
    effect = models.CharField("效果", max_length=16, unique=True, db_comment="效果台账中计分一行的标识")
    number = models.CharField("记录号", max_length=40, db_comment="所依据的记录号")
    cause = models.CharField("原因", max_length=16, db_comment="更正、撤销、修复等")
    log_index = models.BigIntegerField("日志序号", db_comment="透明日志中的序号")
    at = models.DateTimeField("时间", db_comment="标注时间")

    class Meta:
        verbose_name = "须重新计算"
        verbose_name_plural = verbose_name
        db_table_comment = "所依据的记录已变动、须重新计算的考核结果"

    class Privacy:
        public = ()
        internal = ("run", "effect", "number", "cause", "log_index", "at")
        personal = ()


class Objection(models.Model):
    """A unit objects to its draft; the case is in casework, its outcome stands here."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="objections", verbose_name="计算", db_comment="所涉考核计算")
    unit = models.CharField("单位", max_length=80, db_comment="提出意见的单位标识")
    indicator = models.CharField("指标", max_length=80, db_comment="所涉指标代码")
    words = models.TextField("意见", db_comment="意见与理由")
    case = models.CharField("办件", max_length=16, unique=True, db_comment="办理的办件标识")
    at = models.DateTimeField("时间", db_comment="提出时间")

    class Meta:
        verbose_name = "考核意见"
        verbose_name_plural = verbose_name
        db_table_comment = "对考核初稿的意见：办件在办件库中"
        constraints = [models.UniqueConstraint(fields=["run", "unit", "indicator"], name="score_objection_once")]

    class Privacy:
        public = ()
        internal = ("run", "unit", "indicator", "words", "case", "at")
        personal = ()


class Extract(models.Model):
    """What the performance office gets of one unit: sealed in the log, verified offline."""

    uid = UidField()
    run = models.ForeignKey(Run, models.PROTECT, related_name="extracts", verbose_name="计算", db_comment="所涉考核计算")
    unit = models.CharField("单位", max_length=80, db_comment="单位标识")
    payload = models.JSONField("内容", db_comment="得分、名次、名次区间、等级与结果摘要")
    salt = models.BinaryField("盐", db_comment="承诺所用随机盐，32字节")
    commitment = models.CharField("承诺", max_length=64, db_comment="内容的加盐承诺")
    log_index = models.BigIntegerField("日志序号", db_comment="透明日志中的序号")
    at = models.DateTimeField("时间", db_comment="出具时间")

    class Meta:
        verbose_name = "考核摘录"
        verbose_name_plural = verbose_name
        db_table_comment = "考核摘录：供绩效考核部门离线核验"

    class Privacy:
        public = ()
        internal = ("uid", "run", "unit", "payload", "salt", "commitment", "log_index", "at")
        personal = ()


class Grading(models.Model):
    """Grades of an area and period by the area's own method, proposed and decided by two people; a later decision stands beside."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待确定"
        DECIDED = "decided", "已确定"
        WITHDRAWN = "withdrawn", "已撤回"

    uid = UidField()
    area = models.CharField("领域", max_length=4, db_comment="重点领域的行号")
    period = models.CharField("评级期", max_length=10, db_comment="评级所依据的年份")
    method = models.CharField("方法版本", max_length=40, db_comment="评级方法文件的版本")
    method_digest = models.CharField("方法摘要", max_length=64, db_comment="评级方法文件的SHA-256")
    pinned = models.CharField("数据摘要", max_length=64, db_comment="所用数据的摘要")
    lines = models.JSONField("等级", db_comment="单位、等级、分数和所用数值，按单位标识排列")
    digest = models.CharField("摘要", max_length=64, db_comment="等级各行的SHA-256")
    basis = models.CharField("依据文号", max_length=120, db_comment="提出或重新确定等级所依据的文件")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PROPOSED, db_comment="待确定、已确定、已撤回")
    proposed_at = models.DateTimeField("提出时间", db_comment="提出时间，也是数据的已知截至时间")
    proposer = models.CharField("提出人员", max_length=64, db_comment="提出人的人员标识，用于双人原则")
    ended_at = models.DateTimeField("确定或撤回时间", null=True, blank=True, db_comment="确定或撤回时间")
    log_index = models.BigIntegerField("日志序号", null=True, blank=True, db_comment="确定在透明日志中的序号")

    class Meta:
        verbose_name = "等级确定"
        verbose_name_plural = verbose_name
        db_table_comment = "重点领域的等级确定：可重新确定，先前的确定保留"
        constraints = [
            models.UniqueConstraint(fields=["area", "period"], condition=Q(state="proposed"), name="grading_one_proposal"),
            models.CheckConstraint(condition=Q(state="proposed", ended_at=None) | ~Q(state="proposed") & ~Q(ended_at=None),
                                   name="grading_ended"),
        ]

    class Privacy:
        public = ("uid", "area", "period", "method", "method_digest", "digest", "state", "ended_at", "log_index")
        internal = ("pinned", "lines", "basis", "proposed_at", "proposer")
        personal = ()
