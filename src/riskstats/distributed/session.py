"""A Spark session that counts and scores: Python workers find this package, nothing is announced."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import riskstats
from riskstats.inputs import refuse

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def session(master: str, *, name: str = "riskstats", settings: dict[str, str] | None = None) -> SparkSession:
    """Begin, or find again, a Spark session.

    Parameters
    ----------
    master : str
        ``local[2]`` (threads of one process), ``local-cluster[2,1,1024]`` (that many worker processes, cores and MiB each,
        on this machine), ``spark://host:7077``, ``yarn``, ``k8s://…``.
    settings : dict, optional
        Further Spark settings; they win over those made here.

    Raises
    ------
    InputError
        Rule ``not_installed`` where pyspark is missing.

    Notes
    -----
    Worker hosts need Python with numpy, numba, scipy and pyarrow. The package itself is taken from where it lies here:
    the same path must be there on each host, or ship it (``spark.submit.pyFiles``).
    """
    spec = importlib.util.find_spec("pyspark")
    if spec is None or spec.origin is None:
        refuse(
            "engine", "not_installed", "未安装Spark，请安装附加包spark", "pyspark is missing: install the extra spark"
        )
    from pyspark.sql import SparkSession

    own = {
        "spark.executorEnv.PYTHONPATH": str(Path(riskstats.__file__).parents[1]),
        "spark.executorEnv.NUMBA_NUM_THREADS": "1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    if master.startswith("local"):
        # All on this machine: say so, or the workers look for a host name that nobody answers.
        os.environ.setdefault("SPARK_HOME", str(Path(spec.origin).parent))
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        os.environ.setdefault("SPARK_LOCAL_HOSTNAME", "localhost")
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        own |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    builder = SparkSession.builder.master(master).appName(name)
    for key, value in (own | (settings or {})).items():
        builder = builder.config(key, value)
    made: SparkSession = builder.getOrCreate()
    made.sparkContext.setLogLevel("ERROR")
    return made
