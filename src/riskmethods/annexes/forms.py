"""The inputs of every annex method as data: what a page asks, in which words, and what the method rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from riskmethods.errors import raise_at
from riskmethods.matrices import GRIDS
from riskmethods.matrices.scores import KINNEY_SCALES


@dataclass(frozen=True, slots=True)
class Field:
    """One input: ``kind`` is ``number``, ``text``, ``choice``, ``flag`` or ``rows`` (with ``columns``)."""

    key: str
    zh: str
    en: str
    kind: str = "number"
    example: str = ""
    optional: bool = False
    choices: tuple[tuple[str, str, str], ...] = ()
    columns: tuple[Field, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {"key": self.key, "zh": self.zh, "en": self.en, "kind": self.kind, "example": self.example, "optional": self.optional,
                "choices": [{"code": c, "zh": zh, "en": en} for c, zh, en in self.choices],
                "columns": [c.as_json() for c in self.columns]}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """One method: its names, where it comes from, how far its tables may be trusted, its inputs."""

    code: str
    zh: str
    en: str
    source: str
    fields: tuple[Field, ...]
    status: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of the inputs."""
        return tuple(f.key for f in self.fields)

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "zh": self.zh, "en": self.en, "source": self.source, "status": self.status,
                "fields": [f.as_json() for f in self.fields]}  # fmt: skip


def _text(key: str, zh: str, en: str, example: str = "", *, optional: bool = False) -> Field:
    return Field(key, zh, en, "text", example, optional)


def _more(key: str, zh: str, en: str, example: str = "") -> Field:
    return Field(key, zh, en, "number", example, optional=True)


def _choice(key: str, zh: str, en: str, *choices: tuple[str, str, str]) -> Field:
    return Field(key, zh, en, "choice", choices=choices)


def _rows(key: str, zh: str, en: str, *columns: Field, optional: bool = False) -> Field:
    return Field(key, zh, en, "rows", optional=optional, columns=columns)


def _ranks(*values: int) -> tuple[tuple[str, str, str], ...]:
    return tuple((str(v), str(v), str(v)) for v in values)


def _scale(axis: str) -> tuple[tuple[str, str, str], ...]:
    return tuple((f"{float(v):g}",) * 3 for v in KINNEY_SCALES[axis])


_REPORTED = _more("reporting", "事故被报告的比例（0–1）", "share of incidents reported (0–1)", "0.5")
_PORT = Field("name", "层（口岸、品类）", "stratum (port, kind)", "text", "上海口岸")
_BASIS = _choice("basis", "抽样方式", "how drawn", ("random", "随机", "random"), ("targeted", "针对性", "targeted"))
_CONTENT = _more("content", "含量或迁移量", "content or migration", "0.3")

FORMS = (
    Form("fault_tree", "故障树", "fault tree", "SN/T 5589.3-2023; IEC 61025; NUREG-0492", (
        _text("top", "顶事件（门的名称）", "top event (a gate's name)", "制动失效"),
        _rows("gates", "门", "gates", _text("name", "名称", "name"), _choice("type", "类型", "type", ("or", "或", "or"), ("and", "与", "and"), ("k_of_n", "n中取k", "k of n")),
              _text("inputs", "输入（逗号分隔）", "inputs, by commas", "前轮失效，后轮失效"), _more("k", "k", "k")),
        _rows("events", "基本事件", "basic events", _text("name", "名称", "name"), Field("p", "概率", "probability", "number", "1/100")))),
    Form("incident_rate", "事故发生率（伽马-泊松）", "incident rate (gamma-Poisson)", "Gelman et al. 2013, 2.6", (
        Field("incidents", "报告的事故数", "incidents reported", example="3"), Field("unit_years", "在用数量×年", "units in use × years", example="20000"),
        _REPORTED, _more("reporting_a", "报告比例的先验a（如已报告数）", "prior a of the share reported", "20"),
        _more("reporting_b", "报告比例的先验b（如未报告数）", "prior b of the share reported", "20"),
        _more("years", "寿命（年），给出时算出寿命内概率", "lifetime in years, for the lifetime probability", "10"))),
    Form("defect_share", "不合格率（贝塔-二项）", "defect share (beta-binomial)", "Brown, Cai and DasGupta 2001; Clopper and Pearson 1934; Hanley and Lippman-Hand 1983", (
        Field("defective", "不合格数", "defective", example="2"), Field("tested", "检测数", "tested", example="50"))),
    Form("expert_prior", "专家意见作先验", "experts' judgement as a prior", "Morita, Thall and Müller 2008", (
        Field("median", "中位数", "median", example="0.01"), Field("p95", "95%分位", "95th percentile", example="0.05"),
        _more("observations", "折算为多少次观测", "counts as how many observations", "10"))),
    Form("conflict", "情景概率与实际事故核对", "scenario against incidents", "Box 1980; Gelman et al. 2013, 6.3", (
        Field("observed", "报告的事故数", "incidents reported", example="12"), _text("probability", "情景概率", "probability of the scenario", "1/100000"),
        Field("units", "在用数量", "units in use", example="100000"), _more("exposed", "每件接触人数", "people exposed per unit", "1"),
        _more("life_observed", "已观察的寿命比例", "share of lifetime observed", "0.5"), _REPORTED)),
    Form("expected_cases", "预期受害人数", "expected cases", "N = P × units × exposed", (
        _text("probability", "情景概率", "probability of the scenario", "1/6000"), Field("units", "在用数量", "units in use", example="30000"),
        _more("exposed", "每件接触人数", "people exposed per unit", "2"), _more("retrieved", "召回收回比例", "share retrieved by a recall", "60 %"))),
    Form("prevalence", "口岸抽样不合格率", "prevalence from border sampling", "Horvitz and Thompson 1952; Cochran 1977; Korn and Graubard 1998", (
        _rows("strata", "各层", "strata", _PORT, Field("units", "总数量", "units"), Field("tested", "检测数", "tested"), Field("defective", "不合格数", "defective"), _BASIS),)),
    Form("lot", "小批量检验（超几何）", "a small lot (hypergeometric)", "hypergeometric distribution, inverted", (
        Field("lot", "批量", "lot size", example="50"), Field("tested", "检测数", "tested", example="10"), Field("defective", "不合格数", "defective", example="1"))),
    Form("national_estimate", "全国伤害估计（医院样本）", "national estimate (hospital sample)", "US CPSC, NEISS; Wolter 2007", (
        _rows("cases", "病例", "cases", Field("weight", "权重", "weight"), _text("stratum", "层", "stratum"), _text("hospital", "医院", "hospital")),
        _rows("drawn", "各层抽取的医院数", "hospitals drawn per stratum", _text("stratum", "层", "stratum"), Field("hospitals", "医院数", "hospitals"), optional=True))),
    Form("chemicals", "化学品风险表征比", "chemical risk characterisation ratio", "ECHA, parts E and R.8/R.15, from memory", (
        _rows("routes", "暴露途径", "routes", _text("name", "途径", "route", "经皮"), Field("exposure", "暴露量", "exposure"), _more("exposure_low", "最低", "lowest"),
              _more("exposure_high", "最高", "highest"), Field("limit", "限值（同单位）", "limit, same unit")),
        _CONTENT, _more("legal_limit", "法定限量（同单位）", "legal limit, same unit", "0.1"),
        Field("banned", "禁用物质", "banned substance", "flag", optional=True), _text("legal_source", "法规出处", "source of the ban or limit", "GB …", optional=True))),
    Form("dose", "暴露剂量", "exposure dose", "ECHA R.15, from memory", (
        _choice("way", "途径", "route", ("contact", "皮肤接触", "skin contact"), ("intake", "经口或吸入", "mouth or lung")),
        Field("content", "迁移量mg/cm²或含量mg/g", "migration mg/cm² or content mg/g", example="2.5"), Field("amount", "接触面积cm²或摄入g/次", "area cm² or grams a time", example="100"),
        _more("frequency", "次/日", "times a day", "1"), _more("released", "释放比例", "share released", "100 %"), _more("absorption", "吸收比例", "share absorbed", "10 %"),
        Field("body_weight", "体重kg", "body weight kg", example="10"))),
    Form("excess_risk", "无阈值物质的超额寿命风险", "excess lifetime risk without a threshold", "US EPA 2005, linear extrapolation", (
        Field("slope", "斜率（每mg/kg·日）", "slope per mg/kg and day", example="0.5"), Field("dose", "寿命平均日剂量", "lifetime average daily dose", example="2e-5"))),
    Form("ahp", "层次分析法", "analytic hierarchy process", "SN/T 5589.1-2023; Saaty 1980; Aczél and Saaty 1983", (
        _text("items", "要素（逗号分隔，至多十个）", "items, by commas, ten at most", "严重程度，频次，可探测性"),
        _rows("pairs", "两两比较：前者是后者的几倍（1/9–9）", "pairs: how many times the first outweighs the second (1/9–9)", _text("judge", "专家（一人时可空）", "judge (may be empty)", optional=True),
              _text("first", "前者", "first"), _text("second", "后者", "second"), Field("times", "倍数", "times", "number", "3")),
        _rows("scores", "各要素得分（可不填）", "scores of the items (may be empty)", _text("item", "要素", "item"), Field("score", "得分", "score"), optional=True))),
    Form("fmea", "失效模式与影响分析", "failure mode and effects analysis", "IEC 60812:2018; AIAG-VDA 2019", (
        _text("form", "分析表名称", "name of the form", "充电器"),
        _rows("modes", "失效模式", "modes", _text("id", "编号", "id", "M1"), _text("text", "说明", "text", optional=True), Field("severity", "S", "S"), Field("occurrence", "O", "O"),
              Field("detection", "D", "D"), _more("severity_after", "措施后S", "S after"), _more("occurrence_after", "措施后O", "O after"), _more("detection_after", "措施后D", "D after")))),
    Form("matrix", "其他风险矩阵", "another risk matrix", "as stated with each matrix", (
        _choice("grid", "矩阵", "matrix", *((g.id, g.zh, g.en) for g in GRIDS.values())),
        _text("likelihood", "可能性（行的代码，或数值）", "likelihood (a row's code, or a number)", "likely"), _text("severity", "严重程度（列的代码）", "severity (a column's code)", "serious"))),
    Form("iec_62061", "IEC 62061 安全完整性等级", "IEC 62061 safety integrity level", "IEC 62061 Annex A, from memory", (
        _choice("severity", "严重程度", "severity", *_ranks(1, 2, 3, 4)), _choice("frequency", "暴露频次", "frequency", *_ranks(1, 2, 3, 4, 5)),
        _choice("probability", "发生可能性", "probability", *_ranks(1, 2, 3, 4, 5)), _choice("avoidance", "避免可能性", "avoidance", *_ranks(1, 3, 5))), "unverified"),
    Form("fine_kinney", "Fine-Kinney 评分", "Fine-Kinney score", "Kinney and Wiruth 1976, in later accounts", (
        _choice("probability", "可能性", "probability", *_scale("probability")), _choice("exposure", "暴露", "exposure", *_scale("exposure")),
        _choice("consequence", "后果", "consequence", *_scale("consequence"))), "secondary"),
)  # fmt: skip
_INDEX = {one.code: one for one in FORMS}


def form(code: object, *, place: str = "method") -> Form:
    """The method of a code.

    Raises
    ------
    MethodError
        Rule ``unknown_method``.
    """
    if not isinstance(code, str) or code not in _INDEX:
        raise_at(
            place,
            "unknown_method",
            f"没有方法“{code}”；可用：{'、'.join(_INDEX)}",
            f"no method {code!r}; there are {', '.join(_INDEX)}",
        )
    return _INDEX[code]
