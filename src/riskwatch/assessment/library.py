"""Ready scenarios by product family: a start that an assessor changes, never a finding.

Every probability here is our own starting value, graded as an assumption, and must be replaced or confirmed with a source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# text zh, text en, starting probability
StepWords = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Template:
    """One scenario of one product family."""

    code: str
    family: tuple[str, str]
    title: tuple[str, str]
    hazard: str
    injury: str
    user: str
    severity: int
    steps: tuple[StepWords, ...]
    interest: str = "health"

    def as_json(self) -> dict[str, Any]:
        """The template as the page takes it: a scenario of the document, with its family."""
        start = {"evidence": "E"}
        return {
            "code": self.code, "family": dict(zip(("zh", "en"), self.family, strict=True)),
            "scenario": {
                "title": dict(zip(("zh", "en"), self.title, strict=True)), "interest": self.interest, "hazard": self.hazard,
                "injury": self.injury, "user": self.user, "severity": {"level": self.severity, **start},
                "steps": [{"text": {"zh": zh, "en": en}, "quantity": {"p": p}, **start} for zh, en, p in self.steps],
            },
        }  # fmt: skip


FURNITURE, TOYS, CHILD = ("家具", "furniture"), ("玩具", "toys"), ("儿童用品", "children's articles")
POWER, APPLIANCE = ("电源和电池", "power supplies and batteries"), ("家用电器", "household appliances")
TOOLS, CLOTHES = ("工具和机械", "tools and machinery"), ("服装和纺织品", "clothing and textiles")
VEHICLES, CONTACT = ("车辆及配件", "vehicles and parts"), ("食品接触产品", "food contact products")
DANGEROUS, PROTECT = ("危险化学品", "dangerous chemicals"), ("防护用品", "protective equipment")

TEMPLATES: tuple[Template, ...] = (
    Template("folding_chair", FURNITURE, ("折叠椅夹伤手指", "folding chair pinches a finger"), "mechanical.gap", "pinch", "consumer", 1, (
        ("铰链处有可夹手的缝隙", "the hinge leaves a gap that can pinch", "1"),
        ("坐下或移动时椅背意外折叠", "the back folds unintentionally while sitting or moving", "1/50"),
        ("手指正在缝隙中", "a finger is in the gap", "1/10"),
        ("手指被夹", "the finger is pinched", "1"))),
    Template("tip_over", FURNITURE, ("柜体倾倒压伤儿童", "a chest tips over onto a child"), "mechanical.stability", "crushing", "vulnerable.child_3_8", 4, (
        ("稳定性不足且未固定在墙上", "not stable enough and not fixed to the wall", "1/2"),
        ("儿童攀爬拉出的抽屉", "a child climbs on drawers pulled out", "1/20"),
        ("柜体倾倒并压住儿童", "the chest tips over onto the child", "1/10"),
        ("压住胸部或头部致命", "chest or head is hit, with fatal effect", "1/50"))),
    Template("small_parts", TOYS, ("小零件脱落致哽噎", "a small part comes off and chokes"), "mechanical.small_parts", "suffocation", "very_vulnerable.infant", 4, (
        ("零件在可预见使用中脱落", "a part comes off in foreseeable use", "1/10"),
        ("婴幼儿拿到并放入口中", "an infant gets hold of it and puts it into the mouth", "1/5"),
        ("零件堵住气道", "the part blocks the airway", "1/20"),
        ("未能及时排出，致命", "it is not removed in time, with fatal effect", "1/10"))),
    Template("magnets", TOYS, ("误吞两粒以上强磁体", "two or more strong magnets are swallowed"), "mechanical.small_parts", "piercing", "vulnerable.child_3_8", 3, (
        ("强磁体可脱落或本身即为小零件", "strong magnets come off, or are small parts themselves", "1/5"),
        ("儿童误吞两粒以上", "a child swallows two or more", "1/100"),
        ("磁体夹住肠壁致穿孔", "they clamp the gut and perforate it", "1/2"))),
    Template("button_cell", TOYS, ("误吞纽扣电池", "a button cell is swallowed"), "chemical.corrosive", "irritation", "very_vulnerable.infant", 4, (
        ("电池仓无须工具即可打开", "the battery compartment opens without a tool", "1/5"),
        ("儿童取出并吞下电池", "a child takes the cell out and swallows it", "1/100"),
        ("电池卡在食道", "it lodges in the oesophagus", "1/5"),
        ("腐蚀致命或终身伤害", "corrosion with fatal or lasting harm", "1/5"))),
    Template("drawstring", CLOTHES, ("童装绳带缠绕颈部", "a drawstring of children's clothing winds round the neck"), "asphyxia.strangulation", "suffocation", "vulnerable.child_3_8", 4, (
        ("颈部有长绳带或带结", "long cords or toggles at the neck", "1"),
        ("绳带被游乐设施或车门夹住", "the cord catches in play equipment or a door", "1/1000"),
        ("儿童无法自行脱开", "the child cannot get free", "1/5"),
        ("勒颈致命", "strangulation with fatal effect", "1/10"))),
    Template("flammable_wear", CLOTHES, ("睡衣被点燃", "nightwear catches fire"), "fire.flammable", "burn", "vulnerable.child_3_8", 3, (
        ("面料燃烧速度过快", "the fabric burns too fast", "1/2"),
        ("接近明火或热源", "it comes near a flame or heat source", "1/200"),
        ("面料被点燃", "it is set alight", "1/5"),
        ("二度或三度烧伤", "second or third degree burns", "1/2"))),
    Template("crib", CHILD, ("婴儿床缝隙卡住头颈", "head or neck is trapped in a gap of a cot"), "asphyxia.suffocation", "suffocation", "very_vulnerable.infant", 4, (
        ("存在可卡住头颈的间隙", "there is a gap that traps head or neck", "1/5"),
        ("婴儿移动到间隙处", "the infant moves to the gap", "1/50"),
        ("头颈被卡", "head or neck is trapped", "1/20"),
        ("无人及时发现，致命", "nobody notices in time, with fatal effect", "1/5"))),
    Template("charger_shock", POWER, ("充电器绝缘不足致触电", "a charger with poor insulation shocks"), "electrical.insulation", "electric_shock", "consumer", 4, (
        ("初次级间爬电距离或绝缘不足", "creepage or insulation between primary and secondary is too small", "1/10"),
        ("绝缘在寿命期内击穿", "the insulation breaks down within its lifetime", "1/100"),
        ("使用者触及带电部件", "the user touches the live part", "1/10"),
        ("触电致命", "electrocution", "1/50"))),
    Template("power_bank", POWER, ("移动电源热失控起火", "a power bank catches fire by thermal runaway"), "fire.battery", "burn", "consumer", 3, (
        ("电芯或保护电路有缺陷", "a cell or the protection circuit is defective", "1/20"),
        ("充放电时热失控起火", "thermal runaway with fire while charging or in use", "1/500"),
        ("有人在近旁", "somebody is close by", "1/2"),
        ("严重烧伤或吸入伤", "severe burns or inhalation injury", "1/10"))),
    Template("overheating", APPLIANCE, ("电器过热引燃周围物品", "an appliance overheats and ignites what is around it"), "fire.overheating", "burn", "consumer", 4, (
        ("温控或热熔断失效", "thermostat or thermal fuse fails", "1/100"),
        ("表面过热并引燃可燃物", "it overheats and ignites what burns nearby", "1/50"),
        ("火势未被及时发现", "the fire is not noticed in time", "1/10"),
        ("致命或大面积烧伤", "fatal or extensive burns", "1/20"))),
    Template("hammer", TOOLS, ("锤头碎裂伤眼", "a hammer head chips and hits an eye"), "mechanical.projectile", "eye", "consumer", 3, (
        ("材料过硬或有缺陷，锤头碎裂", "the head is too hard or flawed and chips", "1/10"),
        ("碎片飞向使用者头部", "the chip flies towards the user's head", "1/10"),
        ("碎片击中眼睛", "it hits an eye", "1/3"),
        ("该眼永久失明", "sight of that eye is lost for good", "1/20"))),
    Template("guard", TOOLS, ("防护罩缺失触及旋转部件", "a rotating part is touched because its guard is missing"), "operating.missing_guard", "amputation", "professional", 3, (
        ("防护罩缺失或可轻易拆下", "the guard is missing or comes off easily", "1/10"),
        ("运转中手靠近旋转部件", "a hand comes near while it turns", "1/20"),
        ("手接触旋转部件", "the hand touches it", "1/10"),
        ("手指截断", "a finger is cut off", "1/2"))),
    Template("brake", VEHICLES, ("制动失灵致碰撞", "brake failure leads to a collision"), "vehicle_control", "fracture", "consumer", 4, (
        ("制动软管或部件存在缺陷", "a brake hose or part is defective", "1/50"),
        ("行驶中制动失效", "the brake fails while driving", "1/100"),
        ("未能避免碰撞", "the collision cannot be avoided", "1/10"),
        ("乘员或行人死亡", "an occupant or pedestrian dies", "1/20"))),
    Template("helmet", PROTECT, ("头盔吸能不足", "a helmet absorbs too little"), "mechanical.strength", "concussion", "consumer", 4, (
        ("冲击吸收不符合要求", "impact absorption is below what is required", "1/5"),
        ("使用中发生头部撞击", "the head is hit in use", "1/200"),
        ("本可避免的重度颅脑损伤", "severe brain injury that a good helmet prevents", "1/20"))),
    Template("heavy_metal", TOYS, ("涂层重金属迁移", "heavy metals migrate from a coating"), "chemical.heavy_metal", "long_term", "very_vulnerable.infant", 3, (
        ("可迁移重金属超过限量", "migration of heavy metals exceeds the limit", "1/5"),
        ("儿童经常啃咬涂层", "a child mouths the coating often", "1/10"),
        ("摄入量超过可耐受量", "intake exceeds what is tolerable", "1/20"),
        ("神经系统受损", "harm to the nervous system", "1/50"))),
    Template("food_contact", CONTACT, ("有害物质迁移入食品", "a harmful substance migrates into food"), "chemical.toxic", "poisoning", "consumer", 2, (
        ("总迁移或特定迁移量超标", "overall or specific migration exceeds the limit", "1/10"),
        ("长期盛装热或酸性食品", "hot or acid food is kept in it for long", "1/5"),
        ("摄入量足以致病", "intake is enough to cause illness", "1/100"))),
    Template("leak", DANGEROUS, ("包装泄漏污染环境", "a package leaks into the environment"), "environment", "", "not_a_person", 3, (
        ("包装不符合要求", "the package does not meet its requirements", "1/20"),
        ("运输装卸中破损泄漏", "it breaks and leaks in transport or handling", "1/50"),
        ("泄漏物进入水体", "what leaks reaches water", "1/10"),
        ("显著损害，须专业处置", "significant harm that takes specialists to reverse", "1/2")), "environment"),
)  # fmt: skip


def library() -> list[dict[str, Any]]:
    """Every template, as the page takes it."""
    return [one.as_json() for one in TEMPLATES]
