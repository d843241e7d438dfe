"""Chiefs by appointment, patrols by time and place, water by its worst item, and what a year of them adds up to. Pure."""

from ximu.kernel.words import Text

LEVELS = {"市级": Text("市级", "city"), "区级": Text("区级", "district"), "街镇级": Text("街镇级", "street or town"),
          "村居级": Text("村居级", "village or community")}
FLAGS = {"speed": Text("轨迹中有不可能的速度", "impossible speed within the track"),
         "jump": Text("与同一河长的另一次巡河之间速度不可能", "impossible speed to another patrol of the same chief")}
GRADES = {"优秀": Text("优秀", "excellent"), "良好": Text("良好", "good"), "合格": Text("合格", "sufficient"),
          "不合格": Text("不合格", "insufficient"), "NR": Text("未评定", "not rated")}
