"""Import declarations (Korean synthetic set): what was declared, by product, origin and day; the exposure behind rates."""

from __future__ import annotations

from collections.abc import Mapping

from babel import Locale

from riskwatch.collection.ports import Arrival, RowProblem, TableSource, day_of, needed

DIGITS = 6
# Two-letter codes in the words that the country table knows; a code without such words says nothing.
COUNTRIES = dict(Locale("en").territories) | {"HK": "Hong Kong", "MO": "Macao", "TW": "Taiwan", "KR": "South Korea"}


def translate(row: Mapping[str, str], position: str) -> Arrival:
    """One declaration as an arrival; a commodity code that lost its leading zero gets it back."""
    number, day = needed(row, "Declaration ID"), day_of(needed(row, "Date"), "Date")
    code = needed(row, "HS6 Code").removesuffix(".0")
    if not code.isdigit() or not DIGITS - 1 <= len(code) <= DIGITS:
        raise RowProblem("HS6 Code", f"不是六位商品编码：{code[:20]}")
    return Arrival(
        external_id=f"kcs:{number}",
        position=position,
        title=f"KCS {number}",
        text="",
        original=dict(row),
        reference=number,
        direction="import",
        occurred_on=day,
        commodity_code=code.zfill(DIGITS),
        origin=COUNTRIES.get(row.get("Country of Origin", ""), ""),
        importer=row.get("Importer ID", ""),
        quantity=row.get("Net Mass", ""),
    )


SOURCE = TableSource(
    id="kcs-declarations",
    name_zh="进口报关单（暴露量）",
    name_en="import declarations (exposure)",
    source_kind="other",
    licence="MIT (Customs-Declaration-Datasets, generated data)",
    needs=("Declaration ID", "Date", "HS6 Code", "Country of Origin", "Importer ID", "Net Mass"),
    translate=translate,
    holds="exposure",
)
