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


class Witness(models.Model):
    """Another organisation whose cosignatures the log collects and shows."""

    uid = UidField()
    name = models.CharField("名称", max_length=200, db_comment="见证人公钥名称")
    key = models.CharField("公钥", max_length=400, unique=True, db_comment="见证人验证公钥（C2SP vkey，算法0x04）")
    trusted_at = models.DateTimeField("登记时间", db_comment="登记时间")
    trusted_by = models.CharField("登记人", max_length=16, db_comment="登记人标识")
    title = models.CharField("单位", max_length=200, blank=True, db_comment="见证单位名称")
    url = models.CharField("地址", max_length=400, blank=True, db_comment="提交检查点的地址前缀，空为人工交换")
    seen_size = models.BigIntegerField("最近条目数", default=0, db_comment="最近一次加签所涵盖的条目数")
    seen_at = models.DateTimeField("最近加签", null=True, db_comment="最近一次加签的时间，以声明时间与收到时间之早者为准")
    retired_at = models.DateTimeField("停用时间", null=True, db_comment="停用时间")
    retired_by = models.CharField("停用人", max_length=16, blank=True, db_comment="停用人标识")

    class Meta:
        verbose_name = "见证人"
        verbose_name_plural = verbose_name
        db_table_comment = "见证人：对检查点加签的其他单位"
        constraints = [models.CheckConstraint(
            condition=models.Q(retired_at__isnull=True, retired_by="") | (models.Q(retired_at__isnull=False) & ~models.Q(retired_by="")),
            name="ledger_witness_retired_pair",
        )]

    class Privacy:
        public = ("uid", "name", "key", "trusted_at", "title", "seen_size", "seen_at", "retired_at")
        internal = ("trusted_by", "retired_by", "url")
        personal = ()


class Cosignature(models.Model):
    """A witness's signature line under one of our checkpoints, kept with the checkpoint as it was cosigned."""

    size = models.BigIntegerField("条目数", db_comment="所加签检查点的条目数")
    text = models.TextField("检查点", db_comment="检查点正文与本日志签名")
    witness = models.ForeignKey(Witness, on_delete=models.PROTECT, related_name="cosignatures", verbose_name="见证人",
                                db_comment="加签的见证人")
    line = models.CharField("签名行", max_length=500, db_comment="见证人签名行（C2SP cosignature/v1）")
    signed_at = models.DateTimeField("见证时间", db_comment="见证人声明的时间")
    received_at = models.DateTimeField("收到时间", db_comment="收到时间")

    class Meta:
        verbose_name = "见证签名"
        verbose_name_plural = verbose_name
        db_table_comment = "见证签名：只增不改"
        constraints = [models.UniqueConstraint(fields=["size", "witness"], name="ledger_one_cosignature")]

    class Privacy:
        public = ("size", "text", "witness", "line", "signed_at", "received_at")
        internal = ()
        personal = ()
