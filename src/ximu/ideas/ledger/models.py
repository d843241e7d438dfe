"""What does the log keep? Runs of entries and of hashes, only ever added, and one head."""

from __future__ import annotations

from django.db import models

from ximu.foundation.models import UidField


class Head(models.Model):
    """The one row that writers queue for. Moves only by conditional update on its old size."""

    uid = UidField()
    size = models.BigIntegerField("条目数", default=0, db_comment="日志条目总数")
    edge = models.BinaryField("右缘", default=b"", db_comment="树的右缘：各完全子树的根，从大到小")
    last_at = models.DateTimeField("最近时间", null=True, db_comment="最近一条的时间，条目时间不倒退")

    class Meta:
        verbose_name = "日志头"
        verbose_name_plural = verbose_name
        db_table_comment = "日志头：只有一行，写入者在此排队"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="ledger_one_head")]

    class Privacy:
        public = ("uid", "size", "edge", "last_at")
        internal = ()
        personal = ()


class Run(models.Model):
    """Consecutive entries, at most 256, never across a tile boundary: length (uint16) and bytes, one after another."""

    first = models.BigIntegerField("首条序号", unique=True, db_comment="第一条的序号，从0起")
    count = models.PositiveSmallIntegerField("条数", db_comment="本行条数，1至256")
    entries = models.BinaryField("条目", db_comment="条目原文：各条前置两字节长度（C2SP 条目束格式）")

    class Meta:
        verbose_name = "日志条目"
        verbose_name_plural = verbose_name
        db_table_comment = "日志条目：只增不改，不含个人信息"
        constraints = [models.CheckConstraint(condition=models.Q(count__gte=1, count__lte=256), name="ledger_run_count")]

    class Privacy:
        public = ("first", "count", "entries")
        internal = ()
        personal = ()


class Hashes(models.Model):
    """Consecutive hashes of one tile level, never across a tile boundary."""

    level = models.PositiveSmallIntegerField("层", db_comment="瓦片层：0为叶，每层高8级")
    first = models.BigIntegerField("首个序号", db_comment="第一个哈希在本层的序号")
    count = models.PositiveSmallIntegerField("个数", db_comment="本行个数，1至256")
    data = models.BinaryField("哈希", db_comment="SHA-256 哈希，每个32字节")

    class Meta:
        verbose_name = "日志哈希"
        verbose_name_plural = verbose_name
        db_table_comment = "日志哈希树：按瓦片层存放，只增不改"
        constraints = [
            models.UniqueConstraint(fields=["level", "first"], name="ledger_hashes_place"),
            models.CheckConstraint(condition=models.Q(count__gte=1, count__lte=256), name="ledger_hashes_count"),
        ]

    class Privacy:
        public = ("level", "first", "count", "data")
        internal = ()
        personal = ()
