"""The 59 places of the regulation: 41 paragraphs and 18 items, each with a gist in our own words."""

from __future__ import annotations

from dataclasses import dataclass

_DIGITS = "零一二三四五六七八九"


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One place: article, paragraph, and item where there is one (0 = the paragraph itself).

    >>> place("21.1").label("zh"), place("17.1.2").label("en")
    ('第二十一条第一款', 'Art. 17(1)(2)')
    """

    article: int
    paragraph: int
    item: int
    gist_zh: str
    gist_en: str

    @property
    def key(self) -> str:
        """Short key, ``"21.1"`` or ``"17.1.2"``."""
        return f"{self.article}.{self.paragraph}" + (f".{self.item}" if self.item else "")

    def label(self, language: str = "zh") -> str:
        """The place as lawyers cite it, ``第二十一条第一款`` or ``Art. 21(1)``."""
        if language.startswith("en"):
            return f"Art. {self.article}({self.paragraph})" + (f"({self.item})" if self.item else "")
        words = f"第{_chinese(self.article)}条"
        if self.article in _SEVERAL_PARAGRAPHS:
            words += f"第{_chinese(self.paragraph)}款"
        return words + (f"第（{_chinese(self.item)}）项" if self.item else "")

    def gist(self, language: str = "zh") -> str:
        """What the place asks, one sentence."""
        return self.gist_en if language.startswith("en") else self.gist_zh


_SEVERAL_PARAGRAPHS = frozenset({2, 3, 4, 10, 13, 21, 24, 26})
_ROWS: tuple[tuple[str, str, str], ...] = (
    ("1.1", "立法目的：管住质量安全风险，便利贸易。", "Purpose: control quality-safety risk and ease trade."),
    ("2.1", "适用于风险信息收集、评估、预警与快速反应及其监督。",
     "Covers collecting, assessing, warning, rapid response and supervision."),
    ("2.2", "食品、化妆品、动植物产品不在其内。", "Food, cosmetics and animal or plant products are outside."),
    ("3.1", "风险看可能与程度，涉及五类利益；风险信息看五个方面。",
     "Risk is likelihood and degree of harm to five interests; information has five aspects."),
    ("3.2", "生产经营者包括收货人、发货人、生产企业及其代理人。",
     "Operators are consignees, consignors, makers and their agents."),
    ("4.1", "海关总署统管全国。", "Headquarters manages the whole country."),
    ("4.2", "主管海关管本辖区。", "A competent customs manages its own area."),
    ("5.1", "国家监测中心在指定的产品、区域、时段内收集、评估并提建议。",
     "National centres collect, assess and propose within designated products, area and period."),
    ("6.1", "建立预警平台，收集和发布信息。", "A platform collects and publishes information."),
    ("7.1", "生产经营者应有追溯体系并对质量安全负责。", "Operators keep traceability and answer for quality."),
    ("8.1", "信息来源有十七类，含兜底。", "There are seventeen kinds of source, one of them open."),
    ("9.1", "任何人可实名提供信息。", "Anyone may give information under their real name."),
    ("10.1", "生产经营者发现风险应及时报告。", "An operator that finds a risk reports it promptly."),
    ("10.2", "检验检测机构发现风险应及时报告。", "A testing body that finds a risk reports it promptly."),
    ("11.1", "信息经核实后按规定录入，可委托合格机构核实。",
     "Information is verified and then entered; a qualified body may be commissioned."),
    ("12.1", "评估由受托技术机构或专家小组承担。", "A commissioned body or an expert panel assesses."),
    ("13.1", "在规定时间内用国际通行规则评估并出具书面报告。",
     "Assessment is done in the set time by internationally accepted rules, in writing."),
    ("13.2", "报告须含七项内容。", "The report has seven parts."),
    ("14.1", "风险重大变化时由原评估方重新评估。", "On a major change the same assessor reassesses."),
    ("15.1", "先研判报告，再作决定，需要时采取措施。", "The report is judged, then decided, then acted on where needed."),
    ("16.1", "预警措施有三种。", "There are three kinds of warning."),
    ("16.1.1", "通报发给相关海关。", "A circular goes to customs offices."),
    ("16.1.2", "通告发给生产经营者和机构，要求消减风险。", "A notice tells operators and bodies to reduce the risk."),
    ("16.1.3", "公告向社会发布强制性措施和提醒。", "An announcement sets compulsory measures and warns the public."),
    ("17.1", "快速反应措施有五种。", "There are five kinds of rapid response."),
    ("17.1.1", "调整检验监管方式。", "Change the inspection regime."),
    ("17.1.2", "责令退运、销毁、停止进出口、停止销售使用或召回。",
     "Order return, destruction, stop of trade, stop of sale and use, or recall."),
    ("17.1.3", "依法查封或扣押。", "Seal or detain as the law provides."),
    ("17.1.4", "组织专项调查。", "Survey like goods, trades or areas in a period."),
    ("17.1.5", "通报有关部门并建议协同处置。", "Notify departments and propose joint handling."),
    ("18.1", "紧急时总署可对不确定风险先行采取措施。", "In an emergency headquarters may act on uncertain risk."),
    ("19.1", "风险变化时及时调整措施。", "Measures are adjusted when the risk changes."),
    ("20.1", "措施向上一级海关备案。", "Measures are filed with the next higher customs."),
    ("21.1", "有期限的措施期满自动解除。", "A measure with a term ends by itself when the term is over."),
    ("21.2", "风险消失或降低时主动或依申请解除。", "A measure is lifted when the risk is gone or low enough."),
    ("21.3", "申请解除须附消减评价报告，海关审其真实与符合。",
     "An application brings a reduction report, judged on authenticity and conformity."),
    ("22.1", "明知有风险的生产经营者负四项义务。", "An operator that knows of a risk owes four duties."),
    ("22.1.1", "采取消减措施。", "Reduce the risk."),
    ("22.1.2", "向利益相关方如实通报。", "Tell interested parties the truth."),
    ("22.1.3", "向海关报告措施和结果。", "Report measures and results to customs."),
    ("22.1.4", "配合调查与监督。", "Cooperate with inquiry and supervision."),
    ("23.1", "可委托评估措施效果。", "Effects may be evaluated on commission."),
    ("23.1.1", "评估海关已采取的措施。", "Evaluate customs' measures."),
    ("23.1.2", "评估企业的消减措施。", "Evaluate the operator's risk reduction."),
    ("24.1", "企业消减不及时的可约谈其负责人。", "A slow operator's head may be called to a talk."),
    ("24.2", "海关发现或消除不及时的由上级约谈。", "A slow office's head may be called by a higher customs."),
    ("25.1", "守密，依规定公布。", "Secrecy is kept; release follows the rules."),
    ("26.1", "信息分类、归档、统计。", "Information is classified, archived and counted."),
    ("26.2", "档案保存三年，重大或典型的长期或永久。",
     "Files are kept three years; major or typical ones long-term or for good."),
    ("27.1", "违反义务先责令改正；拒改且后果严重可处罚款。",
     "A breach is first ordered corrected; refusal with serious consequence may be fined."),
    ("27.1.1", "不报、瞒报、漏报。", "Not reporting, concealing or omitting."),
    ("27.1.2", "不配合措施或监督。", "Not cooperating with measures or supervision."),
    ("27.1.3", "消减不及时或不当。", "Late or ineffective risk reduction."),
    ("27.1.4", "未如实通报利益相关方。", "Not telling interested parties the truth."),
    ("28.1", "评估报告须客观真实，造假追责。", "Assessment reports must be true; falsifying is answered for."),
    ("29.1", "检测报告须真实，虚假瞒报追责。", "Testing reports must be true; falsifying or hiding is answered for."),
    ("30.1", "海关人员守法履职。", "Officers do their duty lawfully."),
    ("31.1", "由海关总署解释。", "Headquarters interprets."),
    ("32.1", "自2017年4月1日起施行。", "In force from 1 April 2017."),
)


def _of(key: str, zh: str, en: str) -> Place:
    parts = [int(p) for p in key.split(".")]
    return Place(parts[0], parts[1], parts[2] if len(parts) == 3 else 0, zh, en)


PLACES: tuple[Place, ...] = tuple(_of(*row) for row in _ROWS)
_BY_KEY = {p.key: p for p in PLACES}


def place(key: str) -> Place:
    """The place under a key; KeyError when the regulation has none such."""
    return _BY_KEY[key]
