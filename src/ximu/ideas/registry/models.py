"""Tables of the registry. Rows are added or retracted, never changed.

`since`/`until` say when it was so, `recorded_at`/`retracted_at` when it was learned.
"""

from __future__ import annotations

from django.db import models

from ximu.foundation.models import UID_LENGTH, UidField


class Edition(models.Model):
    """One row per write: numbers the states of the registry, so that writers take turns and readers know what is new."""

    uid = UidField()
    number = models.PositiveIntegerField("序号", unique=True, db_comment="机构名录状态序号，逐次加一")
    what = models.CharField("事项", max_length=40, db_comment="办理的事项")
    rows = models.PositiveIntegerField("条数", db_comment="本次写入的条数")
    recorded_at = models.DateTimeField("登记时间", db_comment="登记时间")
    recorded_by = models.CharField("登记人", max_length=UID_LENGTH, db_comment="登记人标识")

    salt = models.BinaryField("盐", default=bytes, db_comment="承诺所用随机盐，32字节")
    log_index = models.PositiveBigIntegerField("日志序号", null=True, blank=True, db_comment="透明日志中的序号")

    class Meta:
        verbose_name = "机构名录版次"
        verbose_name_plural = verbose_name
        db_table_comment = "机构名录版次：每次写入一行"

    class Privacy:
        public = ()
        internal = ("uid", "number", "what", "rows", "recorded_at", "recorded_by", "salt", "log_index")
        personal = ()


class Dated(models.Model):
    """Learned at a time by somebody, and perhaps retracted later."""

    recorded_at = models.DateTimeField("登记时间", db_comment="登记时间")
    recorded_by = models.CharField("登记人", max_length=UID_LENGTH, db_comment="登记人标识")
    retracted_at = models.DateTimeField("撤回时间", null=True, blank=True, db_comment="更正撤回时间，空为有效")
    retracted_by = models.CharField("撤回人", max_length=UID_LENGTH, blank=True, db_comment="更正撤回人标识")
    edition = models.PositiveIntegerField("登记版次", default=0, db_index=True, db_comment="登记时的名录版次序号")
    retracted_in = models.PositiveIntegerField("撤回版次", null=True, blank=True, db_index=True, db_comment="撤回时的名录版次序号")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(retracted_at__isnull=True, retracted_by="")
                | (models.Q(retracted_at__isnull=False) & ~models.Q(retracted_by="")),
                name="%(class)s_retracted_pair",
            ),
        ]


CLOCKS = ("recorded_at", "recorded_by", "retracted_at", "retracted_by", "edition", "retracted_in")


class Unit(Dated):
    uid = UidField()
    kind = models.CharField("类别", max_length=12, db_comment="单位类别代码")
    code = models.CharField("统一社会信用代码", max_length=18, blank=True, db_comment="统一社会信用代码，未登记为空")
    division = models.CharField("行政区划代码", max_length=12, blank=True, db_comment="行政区划或街镇代码")
    since = models.DateField("设立日期", db_comment="设立日期")
    sure = models.BooleanField("日期已核实", default=True, db_comment="设立日期是否已核实")
    key = models.CharField("配置键", max_length=60, blank=True, db_comment="城市配置中的键，手工登记为空")
    basis = models.CharField("依据", max_length=200, blank=True, db_comment="设立依据或来源")

    class Meta(Dated.Meta):
        abstract = False
        verbose_name = "单位"
        verbose_name_plural = verbose_name
        db_table_comment = "单位：身份，不随更名改变"
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["code"], condition=~models.Q(code="") & models.Q(retracted_at__isnull=True),
                                    name="unit_code_once"),
        ]

    class Privacy:
        public = ("uid", "kind", "code", "division", "since", "sure", "basis")
        internal = (*CLOCKS, "key")
        personal = ()


class UnitName(Dated):
    uid = UidField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="names", verbose_name="单位", db_comment="单位")
    role = models.CharField("名称类别", max_length=8, db_comment="全称、简称或别称")
    text = models.CharField("名称", max_length=120, db_comment="名称")
    since = models.DateField("启用日期", db_comment="启用日期")
    until = models.DateField("停用日期", null=True, blank=True, db_comment="停用日期（不含当日），空为随后续名称")

    class Meta(Dated.Meta):
        abstract = False
        verbose_name = "单位名称"
        verbose_name_plural = verbose_name
        db_table_comment = "单位名称：全称、简称、别称及启用日期"

    class Privacy:
        public = ("uid", "unit", "role", "text", "since", "until")
        internal = CLOCKS
        personal = ()


class Place(Dated):
    uid = UidField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="places", verbose_name="单位", db_comment="单位")
    since = models.DateField("起始日期", db_comment="起始日期")
    level = models.CharField("层级", max_length=10, db_comment="市级、区级或街镇级")
    parent = models.CharField("上级单位", max_length=UID_LENGTH, blank=True, db_comment="上级单位标识")
    district = models.CharField("所在区", max_length=UID_LENGTH, blank=True, db_comment="所在区人民政府标识")

    class Meta(Dated.Meta):
        abstract = False
        verbose_name = "隶属关系"
        verbose_name_plural = verbose_name
        db_table_comment = "隶属关系：层级、上级与所在区，自某日起"

    class Privacy:
        public = ("uid", "unit", "since", "level", "parent", "district")
        internal = CLOCKS
        personal = ()


class Reform(Dated):
    uid = UidField()
    kind = models.CharField("种类", max_length=8, db_comment="机构变动种类")
    on = models.DateField("日期", db_comment="变动日期")
    basis = models.CharField("依据", max_length=200, blank=True, db_comment="依据文件或来源")
    sure = models.BooleanField("已核实", default=True, db_comment="日期是否已核实")

    class Meta(Dated.Meta):
        abstract = False
        verbose_name = "机构变动"
        verbose_name_plural = verbose_name
        db_table_comment = "机构变动：设立、更名、改组、合并、分立、职能划转、撤销"

    class Privacy:
        public = ("uid", "kind", "on", "basis", "sure")
        internal = CLOCKS
        personal = ()


class ReformEdge(models.Model):
    reform = models.ForeignKey(Reform, on_delete=models.PROTECT, related_name="edges", verbose_name="机构变动",
                               db_comment="机构变动")
    predecessor = models.CharField("原单位", max_length=UID_LENGTH, blank=True, db_comment="原单位标识，设立为空")
    successor = models.CharField("承继单位", max_length=UID_LENGTH, blank=True, db_comment="承继单位标识，撤销可为空")
    principal = models.BooleanField("主要承继", default=True, db_comment="是否主要承继单位")
    scope = models.CharField("承继范围", max_length=200, blank=True, db_comment="承继的职能")

    class Meta:
        verbose_name = "承继关系"
        verbose_name_plural = verbose_name
        db_table_comment = "承继关系：由谁到谁，承继何种职能"

    class Privacy:
        public = ("reform", "predecessor", "successor", "principal", "scope")
        internal = ()
        personal = ()


class Member(Dated):
    uid = UidField()
    group = models.CharField("议事协调机构", max_length=UID_LENGTH, db_comment="议事协调机构标识")
    unit = models.CharField("成员单位", max_length=UID_LENGTH, db_comment="成员单位标识")
    since = models.DateField("起始日期", db_comment="起始日期")
    until = models.DateField("终止日期", null=True, blank=True, db_comment="终止日期（不含当日）")

    class Meta(Dated.Meta):
        abstract = False
        verbose_name = "成员单位"
        verbose_name_plural = verbose_name
        db_table_comment = "议事协调机构的成员单位"

    class Privacy:
        public = ("uid", "group", "unit", "since", "until")
        internal = CLOCKS
        personal = ()


class Post(Dated):
    uid = UidField()
    unit = models.CharField("单位", max_length=UID_LENGTH, db_index=True, db_comment="所属单位标识")
    title = models.CharField("岗位名称", max_length=60, db_comment="岗位名称")
    role = models.CharField("职责类别", max_length=8, db_comment="第一责任人、分管领导、联络员或其他")
    since = models.DateField("设立日期", db_comment="岗位设立日期")

    class Meta(Dated.Meta):
        abstract = False
        verbose_name = "岗位"
        verbose_name_plural = verbose_name
        db_table_comment = "岗位"

    class Privacy:
        public = ("uid", "unit", "title", "role", "since")
        internal = CLOCKS
        personal = ()


class PostEnd(Dated):
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="ends", verbose_name="岗位", db_comment="岗位")
    until = models.DateField("终止日期", db_comment="终止日期（不含当日）")

    class Meta(Dated.Meta):
        abstract = False
        verbose_name = "岗位终止"
        verbose_name_plural = verbose_name
        db_table_comment = "岗位终止"

    class Privacy:
        public = ("post", "until")
        internal = CLOCKS
        personal = ()


class Official(Dated):
    uid = UidField()
    number = models.CharField("内部编号", max_length=32, unique=True, db_comment="内部编号，不是身份证件号码")
    name = models.CharField("姓名", max_length=60, db_comment="姓名")
    salt = models.BinaryField("盐", default=bytes, db_comment="承诺所用随机盐，销毁后不可还原")
    commitment = models.CharField("承诺", max_length=64, blank=True, db_comment="编号与姓名的加盐承诺，进入透明日志")

    class Meta(Dated.Meta):
        abstract = False
        verbose_name = "公务员"
        verbose_name_plural = verbose_name
        db_table_comment = "公务员：只以内部编号识别"

    class Privacy:
        public = ()
        internal = (*CLOCKS, "uid", "salt", "commitment")
        personal = ("number", "name")


class Holding(Dated):
    uid = UidField()
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="holdings", verbose_name="岗位", db_comment="岗位")
    official = models.ForeignKey(Official, on_delete=models.PROTECT, related_name="holdings", verbose_name="人员",
                                 db_comment="任职人员")
    since = models.DateField("任职日期", db_comment="任职日期")
    until = models.DateField("免职日期", null=True, blank=True, db_comment="免职日期（不含当日）")

    class Meta(Dated.Meta):
        abstract = False
        verbose_name = "任职"
        verbose_name_plural = verbose_name
        db_table_comment = "任职：谁在何岗位，起止日期"

    class Privacy:
        public = ()
        internal = (*CLOCKS, "uid", "post", "since", "until")
        personal = ("official",)


class PhraseReading(models.Model):
    """A signed decision: which units a phrase means as of a day."""

    uid = UidField()
    phrase = models.CharField("称谓", max_length=120, db_comment="文件中的集合称谓")
    as_of = models.DateField("基准日", db_comment="按哪一日的机构名录解释")
    named = models.JSONField("已点名单位", default=list, db_comment="同一句中已点名的单位标识")
    proposed = models.JSONField("建议名单", default=list, db_comment="系统按机构名录提出的单位标识")
    units = models.JSONField("认定名单", default=list, db_comment="签认的单位标识")
    reason = models.CharField("理由", max_length=400, db_comment="签认理由")
    decided_at = models.DateTimeField("签认时间", db_comment="签认时间")
    decided_by = models.CharField("签认人", max_length=UID_LENGTH, db_comment="签认人标识")
    edition = models.PositiveIntegerField("登记版次", default=0, db_index=True, db_comment="登记时的名录版次序号")

    class Meta:
        verbose_name = "称谓解释"
        verbose_name_plural = verbose_name
        db_table_comment = "称谓解释：集合称谓所指单位的签认"

    class Privacy:
        public = ("uid", "phrase", "as_of", "named", "proposed", "units", "reason", "decided_at")
        internal = ("decided_by", "edition")
        personal = ()
