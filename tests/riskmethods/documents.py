"""Assessment documents for tests: the worked cases, a full one, and strategies that make many."""

from hypothesis import strategies as st

from riskmethods import vocabulary
from riskmethods.injuries import INJURIES


def step(text, quantity, **more):
    return {"text": text, "quantity": quantity, "evidence": "D", "source": "panel of 3 May", **more}


def severity(level, **more):
    return {"level": level, "evidence": "C", "source": "injury table", **more}


def chair():
    """Decision 2010/15/EU, section 6.1: 1/500, severity 1, low."""
    return {
        "method": "eu-2024-3173", "date": "2026-11-24", "author": "Zhang", "product": {"name": "folding chair"},
        "scenarios": [{
            "id": "pinch", "title": "finger pinched at the back corner", "hazard": "mechanical.gap", "injury": "pinch",
            "user": "consumer", "severity": severity(1),
            "steps": [step("gap at the back corner", "1"), step("user's hand is there", "1/50"),
                      step("back folds on the finger", "1/10"), step("finger is pinched", "1")],
        }],
    }  # fmt: skip


def hammer():
    """Decision 2010/15/EU, section 3.6: 1/6 000, severity 3, high."""
    return chair() | {
        "product": {"name": "hammer"},
        "scenarios": [{
            "id": "eye", "title": {"zh": "碎片伤眼", "en": "splinter hits the eye"}, "hazard": "mechanical.projectile",
            "injury": "eye", "user": "consumer", "severity": severity(3),
            "steps": [step("head breaks", "1/10"), step("splinter flies", "1/10"), step("hits the body", "1/3"),
                      step("hits the eye", "1/20")],
        }],
    }  # fmt: skip


def toy():
    """Regulation (EU) 2024/3173, Annex II 4.1 (e)(i): presumed serious."""
    return {
        "date": "2026-11-24", "author": "Zhang", "product": {"name": "bath toy"},
        "presumption": {"clause": "e.small_parts", "facts": "squeaker detaches at 40 N", "evidence": "A", "source": "test report 12"},
    }  # fmt: skip


def full():
    """Every part of a document at once."""
    made = hammer()
    made["scenarios"].append({
        "id": "river", "title": "coating leaches", "interest": "environment", "hazard": "environment",
        "severity": {"weights": {"2": "3/4", "3": "1/4"}, "why": "two readings of the study", "evidence": "C", "source": "study"},
        "steps": [step("coating wears", {"dist": "lognormal", "median": "1/10", "ef": 3}, key="wear"),
                  step("reaches water", {"dist": "beta", "a": 2, "b": 30}),
                  step("harms", {"dist": "pert", "min": "1/1000", "mode": "1/100", "max": "1/10"}),
                  step("stays", {"low": "1/10", "high": "1/2"})],
    })  # fmt: skip
    return made | {
        "category": "health_safety", "dependence": "independent", "draws": 20_000, "seed": 7,
        "considerations": {"units": "20 000 sold", "uncertainty": "two tests only"}, "report": {"limits": "indoor use"},
        "precaution": {"level": "serious", "reason": "children near"}, "panel": {"members": ["A", "B", "C"]},
        "residual": {"target": "low", "measures": [
            {"id": "recall", "title": "recall", "kind": "removal", "coverage": {"low": "1/2", "best": "4/5", "high": "9/10"},
             "effects": [{"scenario": "eye", "step": "1", "effectiveness": "1"}], "evidence": "B", "source": "earlier recalls"},
            {"id": "goggles", "title": {"zh": "护目镜"}, "kind": "guard", "severity": {"eye": 1},
             "effects": [{"scenario": "eye", "step": "4", "effectiveness": {"low": 0, "best": "1/2", "high": "3/4"}}],
             "coverage": "1/4", "evidence": "D", "source": "panel"},
        ]},
    }  # fmt: skip


PROBABILITIES = st.fractions(min_value="1/100000", max_value=1, max_denominator=100_000).filter(lambda p: p > 0)


def _rising(n, least="1/100000"):
    return st.lists(PROBABILITIES, min_size=n, max_size=n, unique=True).map(sorted)


POINTS = PROBABILITIES.map(str)
RANGES = _rising(2).map(lambda ends: {"low": str(ends[0]), "high": str(ends[1])})
CURVES = st.one_of(
    RANGES.map(lambda ends: {"dist": "loguniform", **ends}),
    st.tuples(st.floats(0.5, 20), st.floats(0.5, 200)).map(lambda s: {"dist": "beta", "a": s[0], "b": s[1]}),
    _rising(3).map(lambda p: dict(zip(("dist", "min", "mode", "max"), ("pert", *map(str, p)), strict=True))),
    st.tuples(POINTS, st.floats(1.1, 30)).map(lambda s: {"dist": "lognormal", "median": s[0], "ef": s[1]}),
)
WORDS = st.sampled_from(("very frequent", "common", "偶发", "rare")).map(lambda word: {"word": word})
QUANTITIES = st.one_of(POINTS, RANGES, CURVES, WORDS)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20)


def scenarios(quantities=QUANTITIES, most=5):
    return st.fixed_dictionaries(
        {
            "steps": st.lists(st.builds(step, st.just("a step"), quantities), min_size=1, max_size=most),
            "severity": st.sampled_from((1, 2, 3, 4)),
            "interest": st.sampled_from(vocabulary.codes("interests")),
        },
        optional={
            "hazard": st.sampled_from(vocabulary.codes("hazards")),
            "user": st.sampled_from(vocabulary.codes("users")),
            "injury": st.sampled_from([one.code for one in INJURIES]),
            "title": TEXTS,
        },
    )


def documents(quantities=QUANTITIES):
    """Documents that every method takes."""
    return st.fixed_dictionaries(
        {"scenarios": st.lists(scenarios(quantities), min_size=1, max_size=3), "draws": st.just(10_000)},
        optional={"method": st.sampled_from(("eu-2024-3173", "eu-2019-417", "eu-2010-15", "uk-prism-2")),
                  "seed": st.integers(0, 2**32 - 1), "author": TEXTS, "date": st.just("2026-11-24"),
                  "dependence": st.sampled_from(("independent", "perfect"))},
    )  # fmt: skip
