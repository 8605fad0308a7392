import asyncio

import pytest

from localcloud.cloud.inside.clockwork import Job, tick


def test_jobs_run_again_and_again_even_when_one_fails(caplog: pytest.LogCaptureFixture) -> None:
    runs: list[str] = []
    done = asyncio.Event()

    def fails() -> None:
        runs.append("fails")
        raise ValueError("broken")

    def counts() -> None:
        runs.append("counts")
        if runs.count("counts") == 3:
            done.set()

    async def watch() -> None:
        task = asyncio.create_task(tick([Job(0.01, fails), Job(0.01, counts)]))
        await asyncio.wait_for(done.wait(), 60)
        task.cancel()

    asyncio.run(watch())
    assert runs.count("counts") == 3
    assert runs.count("fails") >= 3
    assert "a job failed" in caplog.text
