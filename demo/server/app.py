"""The app, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from fastapi.concurrency import run_in_threadpool
from starlette.middleware import Middleware

from . import class_api, extras_api, journal_api, lessons_api, outage, signin_api
from .api_description import describe
from .catalogue import load_catalogue
from .completions import CompletionQueue
from .count_once import CountOnce
from .database import Database
from .errors import install_error_handlers
from .learners import enrol
from .middleware import LimitSize, RefuseCrossSite, SecurityHeaders
from .outgoing import OutgoingEvents
from .platform import local_platform
from .recorder import Recorder
from .run_guard import guard_runs
from .sdk import LOCAL_CLIENT_ID, build_timeback, local_client_secret, use_local_platform
from .services import Services
from .settings import Settings
from .signin import SignIn
from .static import mount_files


def create_app(settings: Settings) -> FastAPI:
    """Build the app. It connects to its database when it is started.

    Raises:
        ValueError: A lesson file is not right.
    """
    services = _build_services(settings)
    app = FastAPI(
        title="timeback_web demo",
        lifespan=_lifespan,
        # The description is for developers and tests; pupils' browsers have no use for it.
        openapi_url="/openapi.json" if settings.describe_api else None,
        docs_url=None,  # these two would load their scripts from elsewhere
        redoc_url=None,
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(RefuseCrossSite),
            Middleware(LimitSize),
        ],
    )
    app.state.services = services
    install_error_handlers(app)
    app.include_router(signin_api.router)
    app.include_router(lessons_api.router)
    app.include_router(journal_api.router)
    app.include_router(class_api.router)
    app.include_router(outage.router)
    app.include_router(extras_api.router)
    _mount_timeback(app, services)
    if not settings.cloud:
        secret = local_client_secret(settings)
        app.include_router(
            local_platform(services.database, LOCAL_CLIENT_ID, secret, faults=settings.faults)
        )
    app.add_api_route("/healthz", _healthz)
    mount_files(app, settings)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    return app


def _mount_timeback(app: FastAPI, services: Services) -> None:
    guards = [Depends(outage.refuse_during_outage), Depends(guard_runs)]
    once = CountOnce(
        services.database,
        services.timeback.instance.handle.activity.heartbeat,
        services.sign_in.learner_id,
    )
    # Before the SDK's router: of two routes with one path the first one answers.
    app.add_api_route(
        "/api/timeback/activity/heartbeat", once.heartbeat, methods=["POST"], dependencies=guards
    )
    app.include_router(services.timeback.router, prefix="/api/timeback", dependencies=guards)


def _build_services(settings: Settings) -> Services:
    database = Database(settings.database_url)
    catalogue = load_catalogue(settings.lessons_dir)
    queue = CompletionQueue(database, catalogue)
    sign_in = SignIn(settings.secret)
    outgoing = OutgoingEvents(database, queue, keep_sent=settings.cloud is not None)
    timeback = build_timeback(settings, sign_in, outgoing.hooks())
    recorder = Recorder(queue, timeback.activity.record, settings.retry_base_ms)
    return Services(settings, database, catalogue, sign_in, timeback, recorder)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    await run_in_threadpool(_prepare, services.database)
    if not services.settings.cloud:
        use_local_platform(services.timeback, services.settings)
    await services.recorder.start()
    try:
        yield
    finally:
        await services.recorder.stop()
        await services.timeback.close()
        await run_in_threadpool(services.database.close)


def _prepare(database: Database) -> None:
    database.create_tables()
    enrol(database)


def _healthz() -> dict[str, str]:
    # Requests are answered only after the start-up above is through.
    return {"status": "ok"}
