"""Breaches of the public side: what was said, and the document that made it final. How each goes on lies in its case."""

from __future__ import annotations

from django.db import models

from ximu.foundation.models import UID_LENGTH, UidField


class Breach(models.Model):
    uid = UidField()
    project = models.CharField("合作项目", max_length=40, db_index=True, db_comment="合作项目编号")
    kind = models.CharField("违约类型", max_length=1, db_comment="违约类型1至8")
    duty = models.CharField("合同义务", max_length=40, blank=True, db_comment="所违反的合同义务编号，空为不涉及单项义务")
    unit = models.CharField("政府方单位", max_length=UID_LENGTH, db_index=True, db_comment="提出时承担合同的单位标识")
    occurred_on = models.DateField("违约日期", db_comment="违约发生之日")
    found_at = models.DateTimeField("提出时间", db_comment="提出时间")
    case = models.CharField("办件", max_length=UID_LENGTH, db_comment="办理该事项的办件标识")
    paper = models.CharField("文书类别", max_length=12, blank=True, db_comment="终局文书类别，空为尚未终局")
    document = models.CharField("终局文书文号", max_length=120, blank=True, db_comment="终局文书文号，空为尚未终局")
    final_on = models.DateField("生效日期", null=True, blank=True, db_comment="终局文书生效之日，空为尚未终局")
    final_at = models.DateTimeField("登记终局时间", null=True, blank=True, db_comment="终局文书登记时间")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, blank=True, db_comment="终局在透明日志中的序号")

    class Meta:
        verbose_name = "合作项目政府方违约"
        verbose_name_plural = verbose_name
        db_table_comment = "合作项目政府方违约：终局文书"
        constraints = [models.CheckConstraint(
            condition=models.Q(final_on__isnull=True, final_at__isnull=True, document="", paper="")
            | (models.Q(final_on__isnull=False, final_at__isnull=False) & ~models.Q(document="") & ~models.Q(paper="")),
            name="d02_final_pair")]

    class Privacy:
        public = ("uid", "kind", "final_on", "log_index")
        internal = ("project", "duty", "unit", "occurred_on", "found_at", "case", "paper", "document", "final_at")
        personal = ()
