"""Dagster's webserver behind the guard: the process that ``trade-assets ui`` starts for its pages.

Dagster's own command has no place for a check before its application, so the application is made and run here.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import dagster as dg
import uvicorn
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster_webserver.app import create_app_from_workspace_process_context
from dagster_webserver.version import __version__

from trade_assets.serving.front import Front
from trade_assets.serving.guard import HOST
from trade_assets.warehouse.root import DataRoot

_STATEMENT_TIMEOUT_MS, _RECYCLE_S, _OVERFLOW = 15_000, 3_600, 20
"""As Dagster's own command sets them for its storage."""
_POLL_MS = 2_000
_END_WITHIN_S = 3


@asynccontextmanager
async def _lifespan(app: Any) -> AsyncIterator[None]:
    # Open websockets are cancelled at the end; that is no error.
    with suppress(asyncio.CancelledError):
        yield


def main(port: int, workspace_file: str) -> None:
    """Serve until interrupted."""
    with dg.DagsterInstance.get() as instance:
        instance.optimize_for_webserver(_STATEMENT_TIMEOUT_MS, _RECYCLE_S, _OVERFLOW)
        target = WorkspaceFileTarget([workspace_file])
        with WorkspaceProcessContext(instance, target, version=__version__, code_server_log_level="warning") as workspace:
            dagster = create_app_from_workspace_process_context(workspace, live_data_poll_rate=_POLL_MS, lifespan=_lifespan)
            # Headers of proxies are not believed: there is none.
            uvicorn.run(
                Front(dagster, DataRoot.of(), port),
                host=HOST,
                port=port,
                log_level="warning",
                proxy_headers=False,
                timeout_graceful_shutdown=_END_WITHIN_S,
            )


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
