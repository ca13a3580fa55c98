"""One Spark for the folder, with worker processes of its own."""

import shutil

import pytest

pytest.importorskip("pyspark", reason="pyspark is not installed (extra spark)")


@pytest.fixture(scope="session")
def spark():
    if shutil.which("java") is None:
        pytest.skip("no Java on this machine: Spark's tests were skipped")
    from riskstats.distributed import session

    made = session("local-cluster[2,1,1024]")
    yield made
    made.stop()
