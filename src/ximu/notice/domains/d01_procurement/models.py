"""Who answers for which step of a unit's purchases: dated, by post; the releases themselves lie in the event store."""

from __future__ import annotations

from django.db import models

from ximu.foundation.models import UID_LENGTH, UidField


class Responsible(models.Model):
    uid = UidField()
    unit = models.CharField("采购人", max_length=UID_LENGTH, db_index=True, db_comment="采购人单位标识")
    step = models.CharField("环节", max_length=12, db_comment="采购环节代码")
    post = models.CharField("岗位", max_length=UID_LENGTH, db_comment="负责岗位标识")
    since = models.DateField("自", db_comment="负责起始日")
    until = models.DateField("至", null=True, blank=True, db_comment="负责截止日，空为现任")
    basis = models.CharField("依据", max_length=120, db_comment="指定负责岗位的文件")
    assigned_at = models.DateTimeField("登记时间", db_comment="登记时间")
    assigned_by = models.CharField("登记人", max_length=UID_LENGTH, db_comment="登记人标识")

    class Meta:
        verbose_name = "采购责任"
        verbose_name_plural = verbose_name
        db_table_comment = "采购各环节的负责岗位"
        constraints = [
            models.UniqueConstraint(fields=["unit", "step"], condition=models.Q(until=None), name="d01_one_responsible"),
            models.CheckConstraint(condition=models.Q(until=None) | models.Q(until__gte=models.F("since")), name="d01_responsible_order"),
        ]

    class Privacy:
        public = ("unit", "step", "post", "since", "until", "basis")
        internal = ("uid", "assigned_at", "assigned_by")
        personal = ()
