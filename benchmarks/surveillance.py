"""Surveillance: speed against R's package surveillance in the same run, doubling, and quality on the published scenarios.

benchmarks/surveillance.py speed [SERIES]          default 1,000,000 (needs about 6 GB of memory)
benchmarks/surveillance.py quality [REPLICATES]    default 200 of each of the 42 scenarios
"""

from __future__ import annotations

import datetime as dt
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
from riskstats.kernels import cores
from riskstats.surveillance import Cusum, Ears, Farrington, cusum, early_warning, ears, ewma, farrington
from riskstats.surveillance.simulation import CURRENT, scenarios, simulate

WEEKS, LONG = 340, 520
R_SCRIPT = """
suppressMessages(library(surveillance))
y <- as.matrix(read.csv(commandArgs(TRUE)[1], header = FALSE))
n <- nrow(y)
s <- sts(observed = y, start = c(2010, 1), frequency = 52)
said <- function(name, units, expr) { t <- system.time(suppressWarnings(expr)); cat("CPU", name, (t[1] + t[2]) / units * 1e6, "\\n") }
said("farrington", ncol(y), farringtonFlexible(s, control = list(range = n, b = 5, w = 3, noPeriods = 10,
  pastWeeksNotIncluded = 26, pThresholdTrend = 1, alpha = 0.005, weightsThreshold = 2.58, thresholdMethod = "nbPlugin",
  verbose = FALSE, glmWarnings = FALSE)))
for (m in c("C1", "C2", "C3")) said(m, ncol(y), earsC(s, control = list(method = m)))
said("cusum", ncol(y), cusum(s, control = list(range = 53:n)))
"""


def heading() -> None:
    cpu = next(
        (x.split(":")[1].strip() for x in Path("/proc/cpuinfo").read_text().splitlines() if x.startswith("model name")),
        "?",
    )
    load = Path("/proc/loadavg").read_text().split()[0]
    print(
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC · {cpu}, {cores()} cores, load {load} · Python {platform.python_version()}, NumPy {np.__version__}"
    )


def measured(task: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    task()
    return time.perf_counter() - wall, time.process_time() - cpu


def draw(series: int, weeks: int, kind: type) -> np.ndarray:
    """Negative binomial counts with means from 0.1 to 50, made in blocks so that memory holds the matrix alone."""
    made = np.empty((series, weeks), dtype=kind)
    rng = np.random.default_rng(1)
    for at in range(0, series, 20_000):
        mean = np.exp(rng.normal(0.5, 1.2, size=(min(20_000, series - at), 1)))
        made[at : at + 20_000] = rng.negative_binomial(mean, 0.5, size=(len(mean), weeks))
    return made


def peer(counts: np.ndarray) -> dict[str, float]:
    """CPU microseconds a series (Farrington: a series-week) of R's package, on the same counts."""
    if not shutil.which("Rscript"):
        print("R is not at hand: no ratio (Debian: apt-get install r-cran-surveillance).")
        return {}
    with tempfile.TemporaryDirectory() as folder:
        table, script = Path(folder) / "counts.csv", Path(folder) / "peer.R"
        np.savetxt(table, counts.T, fmt="%d", delimiter=",")
        script.write_text(R_SCRIPT)
        done = subprocess.run(["Rscript", script, table], capture_output=True, text=True, check=False)
    if done.returncode:
        print("R with the package surveillance is not at hand: no ratio.")
        return {}
    told = (line.split() for line in done.stdout.splitlines() if line.startswith("CPU "))
    return {name: float(value) for _, name, value in told}


def told(name: str, series: int, spent: tuple[float, float], theirs: float | None) -> None:
    wall, cpu = spent
    per = cpu / series * 1e6
    ratio = f" · R {theirs:,.0f} us, {theirs / per:,.0f} x" if theirs else ""
    print(f"{name:34} {series:>9,} series {wall:7.2f} s wall {cpu:7.2f} s CPU = {per:6.2f} us CPU a series{ratio}")


def speed(series: int) -> None:
    heading()
    counts = draw(series, WEEKS, np.int32)
    for warm in (farrington, early_warning):
        warm(counts[:2], weeks=[-1])
    r_week = peer(counts[:100])
    full = measured(lambda: farrington(counts, weeks=[-1]))
    told("Farrington Flexible, 1 week", series, full, r_week.get("farrington"))
    half = measured(lambda: farrington(counts[: series // 2], weeks=[-1]))
    print(f"   half the series {half[1]:.2f} s CPU: doubling costs x {full[1] / half[1]:.2f}")
    told("early warning, 1 week", series, measured(lambda counts=counts: early_warning(counts, weeks=[-1])), None)
    del counts
    counts = draw(series, LONG, np.uint16)
    r_all = peer(counts[:100])
    tasks: dict[str, Callable[[np.ndarray], object]] = {
        "C1": lambda x: ears(x, detail="alarm"),
        "C2": lambda x: ears(x, options=Ears("C2"), detail="alarm"),
        "C3": lambda x: ears(x, options=Ears("C3"), detail="alarm"),
        "cusum": lambda x: cusum(x, weeks=range(52, LONG), detail="alarm"),
        "cusum rossi": lambda x: cusum(x, weeks=range(52, LONG), options=Cusum(transform="rossi"), detail="alarm"),
        "ewma": lambda x: ewma(x, weeks=range(52, LONG), detail="alarm"),
    }
    for name, task in tasks.items():
        task(counts[:2])
        full, half = measured(lambda task=task: task(counts)), measured(lambda task=task: task(counts[: series // 2]))
        told(f"{name}, {LONG} weeks, alarms", series, full, r_all.get(name))
        print(f"   half the series {half[1]:.2f} s CPU: doubling costs x {full[1] / half[1]:.2f}")


def rates(pvalues: np.ndarray, outbreak: np.ndarray, level: float) -> float:
    """Share of outbreaks with an alarm in any of their weeks."""
    running = outbreak > 0
    seen = running.any(axis=1)
    return float(((pvalues <= level) & running).any(axis=1)[seen].mean())


def level_for(pvalues: np.ndarray, rate: float) -> float:
    """The largest level whose share of alarms is at most ``rate``."""
    ordered = np.sort(pvalues, axis=None)
    at = int(rate * ordered.size)
    below = ordered[ordered < ordered[at]] if at < ordered.size else ordered
    return float(below[-1]) if below.size else 0.0


def withheld(found: object) -> np.ndarray:
    """P-values, set to 1 where a rule withholds the alarm."""
    return np.where(found.state == 4, 1.0, found.pvalue)


def quality(replicates: int) -> None:
    heading()
    weeks, alpha = np.arange(*CURRENT), 0.005
    print(
        f"{replicates} series a scenario, weeks {weeks[0]}-{weeks[-1]}, nominal {alpha}; outbreaks of 2, 3, 5, 10 standard deviations"
    )
    print(
        "FPR: alarms in weeks without outbreak, after 4 past outbreaks / after none. POD: outbreaks with an alarm, both detectors at"
    )
    print("the false alarm rate that Farrington Flexible reaches (after 4 past outbreaks).")
    print("  no theta  phi trend waves | FPR early warning | FPR Flexible      | POD early  Flexible")
    table = []
    for scenario in scenarios():
        fpr, pod = [], []
        for past in (4, 0):
            calm = simulate(scenario, replicates, 1, past=past).counts
            ours, theirs = (
                early_warning(calm, weeks=weeks),
                farrington(calm, weeks=weeks, options=Farrington(alpha=alpha)),
            )
            fpr += [ours.alarm.mean(), theirs.alarm.mean()]
            if past:
                levels = level_for(ours.pvalue, theirs.alarm.mean()), alpha
        for size in (2.0, 3.0, 5.0, 10.0):
            made = simulate(scenario, replicates, 2, size=size)
            outbreak = made.outbreak[:, weeks]
            ours, theirs = early_warning(made.counts, weeks=weeks), farrington(made.counts, weeks=weeks)
            pod.append((rates(ours.pvalue, outbreak, levels[0]), rates(withheld(theirs), outbreak, levels[1])))
        mine, other = np.mean(pod, axis=0)
        table.append([*fpr, mine, other])
        print(
            f"  {scenario.number:2} {scenario.theta:5} {scenario.phi:4} {scenario.beta:5} {scenario.waves:5} | {fpr[0]:.4f} / {fpr[2]:.4f}"
            f"   | {fpr[1]:.4f} / {fpr[3]:.4f}   | {mine:.3f}  {other:.3f}{'' if mine >= other else '  below'}",
            flush=True,
        )
    t = np.array(table)
    print(
        f"FPR early warning {t[:, 0].min():.4f}-{t[:, 0].max():.4f} / {t[:, 2].min():.4f}-{t[:, 2].max():.4f}, mean {t[:, 0].mean():.4f} / {t[:, 2].mean():.4f}"
    )
    print(
        f"FPR Flexible      {t[:, 1].min():.4f}-{t[:, 1].max():.4f} / {t[:, 3].min():.4f}-{t[:, 3].max():.4f}, mean {t[:, 1].mean():.4f} / {t[:, 3].mean():.4f}"
    )
    low, high = alpha / 2, alpha * 2
    within = [int(((t[:, i] >= low) & (t[:, i] <= high)).sum()) for i in (0, 2, 1, 3)]
    print(
        f"within [0.5, 2] x nominal: early warning {within[0]} / {within[1]} of 42, Flexible {within[2]} / {within[3]} of 42"
    )
    print(
        f"POD at equal FPR: early warning {t[:, 4].mean():.3f}, Flexible {t[:, 5].mean():.3f}; not below in {int((t[:, 4] >= t[:, 5]).sum())} of 42"
    )


if __name__ == "__main__":
    command, *rest = sys.argv[1:] or ["speed"]
    if command not in ("speed", "quality"):
        raise SystemExit(__doc__)
    (speed if command == "speed" else quality)(int(rest[0]) if rest else (1_000_000 if command == "speed" else 200))
