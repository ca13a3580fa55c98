"""What is told of each product from first report to measure: how it hurts, whom, how likely, what is done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Story:
    """One product that fails in one way.

    Attributes
    ----------
    steps : tuple of (str, str)
        The chain to the injury with each step's probability, as the assessor writes it.
    """

    product: str
    code: str
    harm: str
    origin: str
    injury_told: str
    hazard: str
    injury: str
    severity: int
    user: str
    steps: tuple[tuple[str, str], ...]
    check: str
    required: str
    advice: str

    def texts(self, title: str) -> dict[str, Any]:
        """The fields of any measure on this product."""
        return {
            "product": title[:80], "commodity_code": self.code, "risk": f"{self.product}{self.harm}", "required_actions": self.required,
            "text": f"请对{self.product}加强查验，重点核对：{self.check}", "compulsory": f"停止进口和销售存在上述问题的{self.product}",
            "basis": "风险处置决定", "advice": self.advice, "grounds": f"检测和评估证实{self.product}{self.harm}", "order_kind": "recall",
            "regime_from": "抽批检验", "regime_to": "逐批检验", "scope": f"同品牌同型号的{self.product}",
            "plan": f"各海关抽取三批{self.product}，按“{self.check}”检验并于月底前汇总", "facts": f"近期发现{self.product}{self.harm}",
            "proposal": f"建议在流通领域同步排查同型号{self.product}",
        }  # fmt: skip

    def document(self) -> dict[str, Any]:
        """The assessment of this product, every number with evidence and source."""
        origin = {"evidence": "B", "source": "本机构检测与国内外伤害监测资料"}
        steps = [{"text": text, "quantity": {"p": p}, **origin} for text, p in self.steps]
        return {
            "method": "eu-2024-3173", "category": "health_safety", "product": {"name": self.product},
            "report": {"hazard": f"{self.product}{self.harm}", "extent": "本批次，已在多地销售", "residual": "召回完成前仍有部分产品在使用中",
                       "proposal": self.required},
            "scenarios": [{"id": "1", "title": f"{self.steps[-1][0]}", "hazard": self.hazard, "injury": self.injury, "user": self.user,
                           "severity": {"level": self.severity, **origin}, "steps": steps}],
        }  # fmt: skip


STORIES = (
    Story("磁力积木玩具", "950300", "小磁铁松脱后可能被儿童误吞", "中国", "吞食磁铁后就医", "mechanical.small_parts", "piercing", 3,
          "very_vulnerable.infant", (("外壳开裂，小磁铁脱落", "1/10"), ("儿童把磁铁放入口中吞下", "1/20"), ("两枚以上磁铁夹穿肠壁", "1/10")),
          "磁通量指数和小零件试验", "立即停止销售，召回已售磁力积木，三日内报告进展", "请立即停止让孩子玩这款积木，收好散落的磁铁，联系销售者退货"),
    Story("电动平衡车", "871160", "锂电池充电时过热起火", "越南", "轻微烧伤", "fire.battery", "burn", 3, "consumer",
          (("电池组保护板失效", "1/50"), ("室内充电时电池热失控", "1/20"), ("使用者被火焰或热气灼伤", "1/5")),
          "电池保护电路和充电温升", "停止销售，通知已购者停止充电并召回更换电池", "请停止充电和骑行，放在室外通风处，联系销售者更换电池"),
    Story("儿童雨衣", "620140", "兜帽绳带过长有勒颈危险", "柬埔寨", "", "asphyxia.strangulation", "suffocation", 3,
          "vulnerable.child_3_8", (("绳带长度超出限值", "1/2"), ("绳带被滑梯或车门夹住", "1/1000"), ("儿童被勒颈", "1/10")),
          "兜帽绳带长度和自由端", "停止销售，已售产品拆除绳带或召回", "请剪去兜帽绳带后再给孩子穿"),
    Story("电热水壶", "851679", "壶体绝缘不足使用中漏电", "德国", "触电麻木", "electrical.insulation", "electric_shock", 4, "consumer",
          (("壶体绝缘不足", "1/20"), ("带电部件与壶身接触", "1/50"), ("使用者触及壶身触电", "1/100")),
          "绝缘电阻和泄漏电流", "停止销售，召回已售水壶并退款", "请立即停用并拔下电源，联系销售者退货"),
    Story("婴儿床", "940350", "床栏间隙过大可能夹住头部", "波兰", "", "mechanical.gap", "suffocation", 4, "very_vulnerable.infant",
          (("床栏间隙超出限值", "1/5"), ("婴儿身体滑过床栏", "1/1000"), ("头部卡住造成窒息", "1/20")),
          "床栏间隙", "停止销售，向已购者免费提供加密床栏或召回", "请停止使用，或先装上加密床栏"),
    Story("汽车制动软管", "870830", "软管开裂导致制动失灵", "美国", "追尾事故", "operating.failure_to_stop", "fracture", 3, "consumer",
          (("软管在低温下开裂", "1/100"), ("行驶中制动液泄漏、制动力不足", "1/10"), ("车辆碰撞使乘员骨折", "1/20")),
          "低温弯曲和爆破压力", "停止销售和装车，召回已装车辆更换制动软管", "请尽快到维修点检查并更换制动软管，制动踏板变软时不要行驶"),
    Story("不锈钢炊具", "732393", "涂层重金属迁移超标", "意大利", "", "chemical.heavy_metal", "long_term", 3, "consumer",
          (("涂层重金属迁移超出限值", "1/5"), ("长期盛放酸性食物", "1/10"), ("长期摄入损害肾脏", "1/1000")),
          "重金属迁移量", "停止销售，召回迁移量超标批次", "请不要再用来盛放酸性食物，联系销售者退货"),
    Story("取暖器", "851629", "倾倒后不断电引燃织物", "韩国", "火灾", "fire.ignition", "burn", 3, "consumer",
          (("倾倒断电开关失效", "1/50"), ("取暖器被碰倒并贴近织物", "1/50"), ("织物起火使人烧伤", "1/10")),
          "倾倒断电试验", "停止销售，召回更换倾倒断电开关", "请停止使用，无人看管时务必拔下电源"),
    Story("自行车头盔", "650610", "冲击吸收性能不合格", "日本", "", "mechanical.strength", "concussion", 3, "consumer",
          (("头盔冲击吸收不足", "1/10"), ("骑行中摔倒头部着地", "1/200"), ("造成长时间昏迷", "1/20")),
          "冲击吸收试验", "停止销售，召回并退款", "请停止使用这款头盔，联系销售者退货"),
    Story("便携充电宝", "850760", "电芯短路冒烟", "马来西亚", "手部烫伤", "fire.battery", "burn", 2, "consumer",
          (("电芯隔膜缺陷造成内短路", "1/200"), ("充放电时冒烟起火", "1/10"), ("手部被烫伤", "1/5")),
          "电芯针刺和过充试验", "停止销售，召回同批电芯的充电宝", "请停止使用，不要带上飞机，联系销售者退货"),
    Story("儿童睡衣", "610831", "阻燃性能不合格", "印度", "", "fire.flammable", "burn", 3, "vulnerable.child_3_8",
          (("面料燃烧速度超出限值", "1/5"), ("儿童靠近明火", "1/1000"), ("睡衣起火造成大面积烧伤", "1/5")),
          "燃烧性能", "停止销售，召回已售睡衣", "请不要再给孩子穿，尤其不要靠近明火和取暖器"),
    Story("激光笔", "901320", "激光功率超出标示等级", "泰国", "视力受损", "radiation.laser", "eye", 3, "consumer",
          (("输出功率超出标示等级", "1/3"), ("光束照射到眼睛", "1/200"), ("视网膜灼伤，视力部分丧失", "1/10")),
          "激光功率和分级标识", "停止销售，召回超标激光笔", "请停止使用，切勿照射眼睛，联系销售者退货"),
)  # fmt: skip
BY_PRODUCT = {story.product: story for story in STORIES}
