"""The official `timeback-sdk`, set up for this app."""

import hashlib
import hmac
from pathlib import Path

from fastapi import Request
from timeback.server import ApiCredentials, CustomIdentityConfig, TimebackConfig, TimebackHooks
from timeback.server.adapters.fastapi import TimebackFastAPI

from .settings import Settings
from .signin import SignIn

CONFIG = Path(__file__).with_name("timeback.config.json")
LOCAL_CLIENT_ID = "demo"


def build_timeback(settings: Settings, sign_in: SignIn, hooks: TimebackHooks) -> TimebackFastAPI:
    """The SDK with its router; in local mode, call `use_local_platform` before the first request.

    Learners are known to Timeback by the e-mail of whoever is signed in here.
    """

    def email(request: Request) -> str | None:
        person = sign_in.person(request)
        return person.email if person else None

    cloud = settings.cloud
    if cloud:
        credentials = ApiCredentials(cloud.client_id, cloud.client_secret)
    else:
        credentials = ApiCredentials(LOCAL_CLIENT_ID, local_client_secret(settings))
    return TimebackFastAPI(
        TimebackConfig(
            env=cloud.env if cloud else "local",
            api=credentials,
            identity=CustomIdentityConfig(get_email=email),
            config_path=str(CONFIG),
            hooks=hooks,
        )
    )


def use_local_platform(timeback: TimebackFastAPI, settings: Settings) -> None:
    """Send the SDK to `/platform` of this very server.

    `env="local"` alone still means the staging cloud. The client is made anew after `close()`, so
    this must be done at every start, not once.
    """
    local = f"{settings.address}/platform"
    provider = timeback.instance.api.get_provider()
    for service in provider.get_available_services():
        endpoint = provider.get_endpoint(service)
        endpoint.base_url, endpoint.auth_url = local, f"{local}/oauth2/token"


def local_client_secret(settings: Settings) -> str:
    """The SDK's password at the local platform.

    It follows from the server's secret, so all servers that share a port or a database agree.
    """
    return hmac.new(settings.secret.encode(), b"local platform", hashlib.sha256).hexdigest()
