"""One row a follower and matter."""

from __future__ import annotations

from django.db import models

from ximu.foundation.models import UidField


class Follow(models.Model):
    """Somebody who wants to be told; he is nothing but an address, which lies sealed."""

    uid = UidField()
    matter = models.CharField("事项种类", max_length=16, db_comment="关注的事项种类")
    target = models.CharField("事项标识", max_length=24, db_comment="关注的事项标识")
    known = models.CharField("地址密钥散列", max_length=64, unique=True, db_comment="地址与事项的密钥散列，防重复")
    token = models.CharField("链接散列", max_length=64, unique=True, db_comment="邮件链接的SHA-256")
    sealed = models.TextField("地址密文", db_comment="加密的邮件地址")
    asked_at = models.DateTimeField("申请时间", db_comment="申请时间")
    confirmed = models.BooleanField("已确认", default=False, db_comment="是否已由邮件链接确认")
    told = models.BigIntegerField("已告知至", default=-1, db_comment="已告知的最后一条进展在日志中的序号")

    class Meta:
        verbose_name = "关注"
        verbose_name_plural = verbose_name
        db_table_comment = "关注公开事项的人：只有加密地址，退订即删除"
        indexes = [models.Index(fields=["confirmed", "matter", "target"], name="follow_by_target")]

    class Privacy:
        public = ()
        internal = ("uid", "matter", "target", "known", "token", "asked_at", "confirmed", "told")
        personal = ("sealed",)
