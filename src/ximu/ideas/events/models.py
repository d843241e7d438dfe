"""Which batches make up a dataset? The rows themselves lie in Parquet; here is the manifest."""

from __future__ import annotations

from django.db import models

from ximu.foundation.models import UID_LENGTH, UidField


class Stream(models.Model):
    """The head of a dataset: held while a batch is appended, so that two batches never number rows alike."""

    name = models.CharField("数据集", max_length=41, unique=True, db_comment="数据集名称")
    rows = models.BigIntegerField("行数", default=0, db_comment="历次写入的总行数，也是下一行的编号")
    batches = models.PositiveIntegerField("批数", default=0, db_comment="批次数")
    manifest = models.CharField("块清单摘要", max_length=64, blank=True, db_comment="截至最近一批的块清单摘要")

    class Meta:
        verbose_name = "数据集"
        verbose_name_plural = verbose_name
        db_table_comment = "运行数据集的表头：行数与块清单摘要"

    class Privacy:
        public = ("name", "rows", "batches", "manifest")
        internal = ()
        personal = ()


class Batch(models.Model):
    """One delivery: its part, its row counts, the days it covers, and the manifest digest after it."""

    uid = UidField()
    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="parts", verbose_name="数据集", db_comment="所属数据集")
    number = models.PositiveIntegerField("序号", db_comment="在数据集内的序号")
    batch = models.CharField("批次", max_length=100, db_comment="报送方给出的批次名，不含个人信息")
    content = models.CharField("内容摘要", max_length=64, db_comment="所交内容的SHA-256，用于识别重复报送")
    schema = models.CharField("字段表摘要", max_length=64, db_comment="写入时字段表的摘要")
    part = models.CharField("数据块", max_length=80, blank=True, db_comment="Parquet文件名，无新行时为空")
    digest = models.CharField("数据块摘要", max_length=64, blank=True, db_comment="数据块的SHA-256")
    gone = models.CharField("更正清单", max_length=80, blank=True, db_comment="被本批更正的行号文件名")
    gone_digest = models.CharField("更正清单摘要", max_length=64, blank=True, db_comment="更正清单的SHA-256")
    sealed = models.CharField("个人信息块", max_length=80, blank=True, db_comment="加密的个人信息列文件名")
    sealed_digest = models.CharField("个人信息块摘要", max_length=64, blank=True, db_comment="加密文件的SHA-256")
    first_row = models.BigIntegerField("首行编号", db_comment="本块首行编号")
    rows = models.BigIntegerField("行数", db_comment="本块行数")
    size = models.BigIntegerField("字节数", default=0, db_comment="数据块字节数")
    new = models.BigIntegerField("新增", db_comment="新增行数")
    corrected = models.BigIntegerField("更正", db_comment="更正行数")
    same = models.BigIntegerField("重复", db_comment="已有而未再写入的行数")
    late = models.BigIntegerField("迟报", db_comment="早于此前已报最后一日的新增行数")
    first_day = models.DateField("首日", null=True, blank=True, db_comment="本块最早事件日")
    last_day = models.DateField("末日", null=True, blank=True, db_comment="本块最晚事件日")
    covered = models.JSONField("已报日期", db_comment="本批报齐的日期段")
    recorded_at = models.DateTimeField("记录时间", db_comment="系统得知的时间")
    recorded_by = models.CharField("记录人", max_length=UID_LENGTH, db_comment="记录人标识")
    manifest = models.CharField("块清单摘要", max_length=64, db_comment="含本批在内的块清单摘要")
    log_index = models.BigIntegerField("日志序号", db_comment="透明日志中的序号")
    unsealed_at = models.DateTimeField("个人信息销毁时间", null=True, blank=True, db_comment="个人信息列及其密钥销毁的时间")
    dropped_at = models.DateTimeField("数据块删除时间", null=True, blank=True, db_comment="保存期满删除数据块的时间")

    class Meta:
        verbose_name = "运行数据批次"
        verbose_name_plural = verbose_name
        db_table_comment = "运行数据批次：一批一块，只增不改"
        ordering = ["stream", "number"]
        constraints = [
            models.UniqueConstraint(fields=["stream", "number"], name="events_batch_number"),
            models.UniqueConstraint(fields=["stream", "batch"], name="events_batch_once"),
        ]
        indexes = [models.Index(fields=["log_index"], name="events_batch_log")]

    class Privacy:
        public = ()
        internal = ("uid", "stream", "number", "batch", "content", "schema", "part", "digest", "gone", "gone_digest", "sealed",
                    "sealed_digest", "first_row", "rows", "size", "new", "corrected", "same", "late", "first_day", "last_day", "covered",
                    "recorded_at", "recorded_by", "manifest", "log_index", "unsealed_at", "dropped_at")
        personal = ()


class Removal(models.Model):
    """What retention took away, and the log entry that says so."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="removals", verbose_name="批次", db_comment="所属批次")
    what = models.CharField("内容", max_length=8, choices=[("personal", "个人信息列"), ("part", "数据块")], db_comment="personal或part")
    removed_at = models.DateTimeField("时间", db_comment="移除时间")
    removed_by = models.CharField("办理人", max_length=UID_LENGTH, db_comment="办理人标识")
    log_index = models.BigIntegerField("日志序号", db_comment="透明日志中的序号")

    class Meta:
        verbose_name = "到期移除"
        verbose_name_plural = verbose_name
        db_table_comment = "按保存期限移除的内容"
        constraints = [models.UniqueConstraint(fields=["batch", "what"], name="events_removed_once")]

    class Privacy:
        public = ()
        internal = ("batch", "what", "removed_at", "removed_by", "log_index")
        personal = ()


class Look(models.Model):
    """Who read personal columns, how many rows, for what."""

    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="looks", verbose_name="数据集", db_comment="所属数据集")
    purpose = models.CharField("用途", max_length=200, db_comment="查看的用途")
    rows = models.PositiveIntegerField("行数", db_comment="查看的行数")
    whole = models.BooleanField("未遮盖", db_comment="是否显示了未遮盖的内容")
    looked_at = models.DateTimeField("时间", db_comment="查看时间")
    looked_by = models.CharField("查看人", max_length=UID_LENGTH, db_comment="查看人标识")
    log_index = models.BigIntegerField("日志序号", db_comment="透明日志中的序号")

    class Meta:
        verbose_name = "个人信息查看"
        verbose_name_plural = verbose_name
        db_table_comment = "个人信息列的每次查看"

    class Privacy:
        public = ()
        internal = ("stream", "purpose", "rows", "whole", "looked_at", "looked_by", "log_index")
        personal = ()


class Point(models.Model):
    """Whose values a dataset expects, from when to when, by which paper: without it a source that falls silent is missed by nobody."""

    uid = UidField()
    dataset = models.CharField("数据集", max_length=41, db_comment="数据集名称")
    code = models.CharField("编码", max_length=20, db_comment="报送点（如监测点位）编码")
    name = models.CharField("名称", max_length=80, db_comment="报送点名称")
    unit = models.CharField("所属单位", max_length=UID_LENGTH, db_comment="其数值计入的单位标识")
    whole = models.CharField("上级", max_length=UID_LENGTH, blank=True, db_comment="其数值同时计入的上级单位标识，不计入的为空")
    since = models.DateField("启用日", db_comment="开始计入之日")
    until = models.DateField("停用日", null=True, blank=True, db_comment="最后计入之日，空为在用")
    basis = models.CharField("启用依据", max_length=120, db_comment="批准启用的文件")
    ending = models.CharField("停用依据", max_length=120, blank=True, db_comment="批准停用的文件，空为在用")
    opened_at = models.DateTimeField("登记时间", db_comment="登记时间")
    opened_by = models.CharField("登记人", max_length=UID_LENGTH, db_comment="登记人标识")
    closed_at = models.DateTimeField("停用登记时间", null=True, blank=True, db_comment="停用登记时间，空为在用")
    closed_by = models.CharField("停用登记人", max_length=UID_LENGTH, blank=True, db_comment="停用登记人标识")
    log_index = models.BigIntegerField("日志序号", null=True, blank=True, db_comment="启用在透明日志中的序号")
    closed_index = models.BigIntegerField("停用日志序号", null=True, blank=True, db_comment="停用在透明日志中的序号")

    class Meta:
        verbose_name = "报送点"
        verbose_name_plural = verbose_name
        db_table_comment = "数据集应有的报送点：启用和停用都有依据，停用前的数值照常计入"
        constraints = [
            models.UniqueConstraint(fields=["dataset", "code"], name="events_point_once"),
            models.CheckConstraint(condition=models.Q(until=None) | models.Q(until__gte=models.F("since")), name="events_point_order"),
            models.CheckConstraint(condition=models.Q(until=None, closed_at=None, closed_by="")
                                   | (models.Q(until__isnull=False, closed_at__isnull=False) & ~models.Q(closed_by="")),
                                   name="events_point_closed"),
        ]

    class Privacy:
        public = ("uid", "dataset", "code", "name", "unit", "whole", "since", "until", "basis", "ending", "log_index", "closed_index")
        internal = ("opened_at", "opened_by", "closed_at", "closed_by")
        personal = ()
