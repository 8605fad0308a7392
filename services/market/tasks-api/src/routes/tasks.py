"""Tasks: `/v1/tasks`, and `/tasks` without a version, which lists and adds."""

from __future__ import annotations

import contextlib
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import TypeAdapter

from src.models.page import Cursor, Limit, Place
from src.models.task import NewTask, Task, TaskChange, TaskPage
from src.routes.dependencies import Wired, Writer
from src.services import tasks
from src.services.wiring import Services
from src.utils.problems import UnavailableError, documented

router = APIRouter(tags=["tasks"])
TASKS: TypeAdapter[list[Task]] = TypeAdapter(list[Task])
Done = Annotated[bool | None, Query(description="only tasks that are done, or only those that are not")]
READ = documented(422, 429, 503)
WRITE = documented(400, 401, 403, 413, 415, 422, 429, 503)


@router.get("/v1/tasks", response_model=TaskPage, responses=READ)
async def list_tasks(services: Wired, limit: Limit = 20, cursor: Cursor = None, done: Done = None) -> Response:
    """List tasks, newest first, a page at a time."""
    after = Place.parse(cursor)

    async def read() -> TaskPage:
        async with services.database.work() as session:
            return await tasks.page(session, limit, after, done)

    body, cached = await services.reads.answer(f"page {limit} {after} {done}", read)
    return _json(body, cached)


@router.post("/v1/tasks", response_model=Task, status_code=201, responses=WRITE)
async def create_task(new: NewTask, services: Wired, writer: Writer, response: Response) -> Task:
    """Add a task of the caller's."""
    async with services.database.work() as session:
        task = await tasks.create(session, new, writer)
    await _changed(services)
    response.headers["Location"] = f"/v1/tasks/{task.id}"
    return task


@router.get("/v1/tasks/{task_id}", response_model=Task, responses=documented(404, 422, 429, 503))
async def read_task(task_id: UUID, services: Wired) -> Response:
    """One task."""

    async def read() -> Task:
        async with services.database.work() as session:
            return await tasks.one(session, task_id)

    return _json(*await services.reads.answer(f"task {task_id}", read))


@router.patch("/v1/tasks/{task_id}", response_model=Task, responses=WRITE | documented(404))
async def change_task(task_id: UUID, wanted: TaskChange, services: Wired, writer: Writer) -> Task:
    """Change the text of a task, complete it or take it up again; only its owner may."""
    async with services.database.work() as session:
        task = await tasks.change(session, task_id, wanted, writer)
    await _changed(services)
    return task


@router.delete("/v1/tasks/{task_id}", status_code=204, responses=documented(401, 403, 404, 422, 429, 503))
async def delete_task(task_id: UUID, services: Wired, writer: Writer) -> None:
    """Remove a task; only its owner may."""
    async with services.database.work() as session:
        await tasks.remove(session, task_id, writer)
    await _changed(services)


@router.get("/tasks", response_model=list[Task], responses=READ)
async def list_tasks_plainly(
    services: Wired, response: Response, limit: Limit = 100, cursor: Cursor = None
) -> Response:
    """List tasks as a bare array; the header `Link` names the page after it."""
    async with services.database.work() as session:
        page = await tasks.page(session, limit, Place.parse(cursor), None)
    headers = {"Cache-Control": "no-store"}
    if page.next_cursor:
        headers["Link"] = f'</tasks?{urlencode({"limit": limit, "cursor": page.next_cursor})}>; rel="next"'
    return Response(TASKS.dump_json(page.items, by_alias=True), 200, headers, "application/json")


@router.post("/tasks", response_model=Task, status_code=201, responses=WRITE)
async def create_task_plainly(new: NewTask, services: Wired, writer: Writer, response: Response) -> Task:
    """Add a task, as `POST /v1/tasks` does."""
    return await create_task(new, services, writer, response)


async def _changed(services: Services) -> None:
    """After a commit: reads forget what they knew, and the event goes on its way."""
    # A cache that is away is no failure: the relay makes reads forget again, and what it holds ends within seconds.
    with contextlib.suppress(UnavailableError):
        await services.reads.forget()
    if services.outbox:
        services.outbox.wake()


def _json(body: bytes, cached: str) -> Response:
    return Response(body, 200, {"Cache-Control": "no-store", "X-Cache": cached}, "application/json")
