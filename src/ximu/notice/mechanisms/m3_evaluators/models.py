"""Evaluators and what they declared; engagements, snapshots, surveys; evaluations with the notes that travel with them."""

from __future__ import annotations

from django.db import models

from ximu.foundation.models import UID_LENGTH, UidField


class Evaluator(models.Model):
    uid = UidField()
    name = models.CharField("名称", max_length=120, db_comment="评价机构名称")
    code = models.CharField("统一社会信用代码", max_length=18, unique=True, db_comment="评价机构的统一社会信用代码")
    kind = models.CharField("类别", max_length=12, db_comment="信用服务机构、高校或科研院所")
    people = models.JSONField("经办人", default=list, db_comment="可代表机构提交方法的人员标识")
    at = models.DateTimeField("登记时间", db_comment="登记时间")

    class Meta:
        verbose_name = "评价机构"
        verbose_name_plural = verbose_name
        db_table_comment = "第三方评价机构"

    class Privacy:
        public = ("uid", "name", "code", "kind")
        internal = ("at",)
        personal = ("people",)


class Declared(models.Model):
    """A declaration; the newest counts, all are kept."""

    evaluator = models.ForeignKey(Evaluator, models.PROTECT, related_name="declarations", verbose_name="机构", db_comment="所属评价机构")
    body = models.JSONField("声明", db_comment="评价方法、资助方和利害关系")
    log_index = models.BigIntegerField("日志序号", db_comment="透明日志中的序号")
    by = models.CharField("登记人", max_length=64, db_comment="登记人的化名标识")
    at = models.DateTimeField("时间", db_comment="登记时间")

    class Meta:
        verbose_name = "利益声明"
        verbose_name_plural = verbose_name
        db_table_comment = "评价机构的方法、资助与利害关系声明，只增不改"
        ordering = ["pk"]

    class Privacy:
        public = ("evaluator", "body", "log_index", "at")
        internal = ("by",)
        personal = ()


class Engagement(models.Model):
    uid = UidField()
    evaluator = models.ForeignKey(Evaluator, models.PROTECT, related_name="engagements", verbose_name="机构", db_comment="受托评价机构")
    title = models.CharField("名称", max_length=120, db_comment="评价名称")
    period = models.CharField("年度", max_length=4, db_comment="评价年度")
    commissioner = models.CharField("委托单位", max_length=UID_LENGTH, db_comment="委托单位标识")
    contract = models.CharField("合同编号", max_length=60, db_comment="委托合同编号")
    payer = models.CharField("付费方", max_length=UID_LENGTH, db_comment="付费单位标识，不得为被评价单位")
    fee = models.DecimalField("费用", max_digits=14, decimal_places=2, db_comment="费用（元）")
    units = models.JSONField("被评价单位", db_comment="被评价单位标识")
    granted = models.JSONField("授予字段", db_comment="清单条目到授予的字段；run为年度评价的数据列")
    official = models.CharField("对照的年度评价", max_length=UID_LENGTH, blank=True, db_comment="与之比较的年度评价计算标识")
    log_index = models.BigIntegerField("日志序号", db_comment="授予在透明日志中的序号")
    by = models.CharField("授予人", max_length=64, db_comment="授予人的化名标识")
    at = models.DateTimeField("授予时间", db_comment="授予时间")

    class Meta:
        verbose_name = "评价委托"
        verbose_name_plural = verbose_name
        db_table_comment = "评价委托：范围、费用与授予的字段"

    class Privacy:
        public = ("uid", "evaluator", "title", "period", "commissioner", "contract", "payer", "fee", "units", "granted", "official",
                  "log_index", "at")
        internal = ("by",)
        personal = ()


class Survey(models.Model):
    uid = UidField()
    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="surveys", verbose_name="委托", db_comment="所属委托")
    code = models.CharField("代码", max_length=40, db_comment="方法中引用为survey:代码")
    kind = models.CharField("种类", max_length=8, db_comment="调查或评级")
    frame = models.CharField("抽样框", max_length=300, db_comment="抽样框与问卷说明")
    population = models.PositiveIntegerField("总体", default=0, db_comment="总体人数，0为未知")
    lines = models.JSONField("结果", db_comment="各单位的数值、样本数、有效样本数与置信区间")
    digest = models.CharField("摘要", max_length=64, db_comment="原始文件的SHA-256")
    log_index = models.BigIntegerField("日志序号", db_comment="透明日志中的序号")
    at = models.DateTimeField("时间", db_comment="提交时间")

    class Meta:
        verbose_name = "调查与评级"
        verbose_name_plural = verbose_name
        db_table_comment = "作为评价输入的调查与评级"
        constraints = [models.UniqueConstraint(fields=["engagement", "code"], name="m3_survey_once")]

    class Privacy:
        public = ("uid", "engagement", "code", "kind", "frame", "population", "digest", "at")
        internal = ("lines", "log_index")
        personal = ()


class Snapshot(models.Model):
    """The frozen data of an engagement: granted fields only; digest in the log."""

    uid = UidField()
    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="snapshots", verbose_name="委托", db_comment="所属委托")
    content = models.TextField("内容", db_comment="冻结数据的规范字节（JSON），只含授予的字段")
    digest = models.CharField("摘要", max_length=64, db_comment="内容的SHA-256")
    refs = models.JSONField("记录号", db_comment="各条目每行对应的记录号，不交给评价机构")
    left_out = models.JSONField("未纳入", db_comment="因公开策略或清单未纳入的记录数，按条目")
    twin_seed = models.BigIntegerField("仿真种子", db_comment="生成仿真数据的种子，不公开")
    known_at = models.DateTimeField("所知截至", db_comment="只含此前已知的事实")
    log_index = models.BigIntegerField("日志序号", db_comment="透明日志中的序号")
    at = models.DateTimeField("时间", db_comment="冻结时间")

    class Meta:
        verbose_name = "数据快照"
        verbose_name_plural = verbose_name
        db_table_comment = "交评价机构使用的冻结数据"
        ordering = ["pk"]

    class Privacy:
        public = ("uid", "engagement", "digest", "known_at", "log_index", "at")
        internal = ("content", "refs", "left_out", "twin_seed")
        personal = ()


class Evaluation(models.Model):
    """One computation of a method on a snapshot, checked, sent to the units, published; its bytes never change."""

    uid = UidField()
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="evaluations", verbose_name="快照", db_comment="所用数据快照")
    method = models.TextField("方法文件", db_comment="评价机构的方法文件全文")
    pins = models.JSONField("钉定", db_comment="抽样次数、种子与数据摘要")
    inner = models.TextField("隔离结果", db_comment="隔离环境中的全部结果，不外传")
    digest = models.CharField("结果摘要", max_length=64, db_comment="隔离结果的SHA-256")
    result = models.TextField("结果", db_comment="经小样本与主导值检查后的结果（JSON规范字节）")
    state = models.CharField("状态", max_length=12, default="computed",
                             db_comment="computed已算出 sent征求意见 published已公布 unstable不可复算")
    due = models.DateField("公布期限", null=True, blank=True, db_comment="征求意见截止日，期满自动公布")
    sent_at = models.DateTimeField("送达时间", null=True, blank=True, db_comment="送被评价单位的时间")
    published_at = models.DateTimeField("公布时间", null=True, blank=True, db_comment="公布时间")
    by = models.CharField("提交人", max_length=64, db_comment="提交人的化名标识")
    at = models.DateTimeField("计算时间", db_comment="计算时间")

    class Meta:
        verbose_name = "第三方评价"
        verbose_name_plural = verbose_name
        db_table_comment = "第三方评价：方法、结果、状态"
        ordering = ["-pk"]

    class Privacy:
        public = ("uid", "snapshot", "method", "pins", "digest", "result", "state", "due", "published_at")
        internal = ("inner", "sent_at", "by", "at")
        personal = ()


class Act(models.Model):
    """What happened to an evaluation, with a note where there is one: one row for one entry of the log."""

    log_index = models.BigIntegerField("日志序号", primary_key=True, db_comment="透明日志中的序号")
    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="acts", verbose_name="评价", db_comment="所属评价")
    kind = models.CharField("事项", max_length=24, db_comment="evaluation.computed等")
    unit = models.CharField("单位", max_length=UID_LENGTH, blank=True, db_comment="作说明的单位标识，市级附注为空")
    words = models.TextField("说明", blank=True, db_comment="说明或附注，随结果公布，不改结果")
    late = models.BooleanField("超期", default=False, db_comment="期满后提出，仍保留")
    by = models.CharField("经办人", max_length=64, db_comment="经办人的化名标识")
    at = models.DateTimeField("时间", db_comment="时间")

    class Meta:
        verbose_name = "评价事项"
        verbose_name_plural = verbose_name
        db_table_comment = "评价的办理事项与所附说明"
        ordering = ["log_index"]

    class Privacy:
        public = ("log_index", "evaluation", "kind", "unit", "words", "late", "at")
        internal = ("by",)
        personal = ()
