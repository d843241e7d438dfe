"""The credit record of a river chief's performance: each year's result as decided, with all that made it. Never changed, only followed."""

from __future__ import annotations

from django.db import models

from ximu.foundation.models import UID_LENGTH, UidField


class Appraisal(models.Model):
    class State(models.TextChoices):
        PROPOSED = "proposed", "待决定"
        DECIDED = "decided", "已决定"
        REFUSED = "refused", "不同意"

    uid = UidField()
    batch = models.CharField("批次", max_length=UID_LENGTH, db_index=True, db_comment="同一次提出的结果的批次标识")
    year = models.PositiveSmallIntegerField("年度", db_comment="考核年度")
    unit = models.CharField("单位", max_length=UID_LENGTH, db_index=True, db_comment="河长所在单位标识")
    post = models.CharField("岗位", max_length=60, db_comment="河长岗位名称")
    official = models.CharField("任职人", max_length=UID_LENGTH, blank=True, db_comment="年末任职人的登记标识，空为无人或未登记")
    grade = models.CharField("等级", max_length=10, db_comment="考核等级，NR为未评定")
    score = models.DecimalField("得分", max_digits=5, decimal_places=2, null=True, blank=True, db_comment="得分，空为未评定")
    detail = models.JSONField("依据", default=dict, db_comment="方法版本与逐项得分，合计等于得分")
    digest = models.CharField("摘要", max_length=64, db_comment="依据与所读数据的SHA-256")
    state = models.CharField("状态", max_length=8, choices=State, default=State.PROPOSED, db_comment="待决定、已决定、不同意")
    proposed_at = models.DateTimeField("提出时间", db_comment="提出时间")
    proposer = models.CharField("提出人员", max_length=64, db_comment="提出人的人员标识，用于双人原则")
    decided_at = models.DateTimeField("决定时间", null=True, blank=True, db_comment="决定时间")
    reason = models.CharField("理由", max_length=400, blank=True, db_comment="不同意的理由")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, blank=True, db_index=True, db_comment="决定在透明日志中的序号")

    class Meta:
        verbose_name = "河长履职考核结果"
        verbose_name_plural = verbose_name
        db_table_comment = "河长履职信用记录：各年度考核结果，只增不改"
        constraints = [
            models.UniqueConstraint(fields=["year", "unit", "post"], condition=models.Q(state="proposed"), name="d06_one_proposed"),
            models.CheckConstraint(condition=models.Q(state="proposed", decided_at__isnull=True)
                                   | (~models.Q(state="proposed") & models.Q(decided_at__isnull=False)), name="d06_decided_pair"),
        ]

    class Privacy:
        public = ("uid", "year", "unit", "post", "grade", "state", "decided_at", "log_index")
        internal = ("batch", "score", "detail", "digest", "proposed_at", "proposer", "reason")
        personal = ("official",)
