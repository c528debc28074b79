import pytest

from timeback_web import DeliveryError
from timeback_web.delivery.endpoint import Endpoint


@pytest.mark.parametrize("base", ["/api/timeback", "/api/timeback/", "/api/timeback///"])
def test_a_slash_at_the_end_of_the_base_does_not_matter(base):
    assert Endpoint(base).url("/activity/heartbeat") == "/api/timeback/activity/heartbeat"


def test_an_address_may_be_whole_or_the_root():
    assert Endpoint("https://x.org/tb").url("/user/me") == "https://x.org/tb/user/me"
    assert Endpoint("/").url("/user/me") == "/user/me"


def test_without_headers_a_beacon_will_do():
    endpoint = Endpoint("/api")
    assert endpoint.needs_headers is False
    assert dict(endpoint.request("/x", "{}").headers) == {}


@pytest.mark.parametrize(
    "headers", [{"Authorization": "Bearer 1"}, lambda: {"Authorization": "Bearer 1"}]
)
def test_headers_as_a_mapping_or_a_callable(headers):
    endpoint = Endpoint("/api", headers)
    assert endpoint.needs_headers is True
    assert endpoint.request("/x").headers == {"Authorization": "Bearer 1"}


def test_a_callable_is_asked_for_every_request():
    tokens = iter("ab")
    endpoint = Endpoint("/api", lambda: {"Authorization": next(tokens)})
    assert [endpoint.request("/x").headers["Authorization"] for _ in range(2)] == ["a", "b"]


def test_names_and_values_become_text():
    assert Endpoint("/api", {"X-Grade": 3}).request("/x").headers == {"X-Grade": "3"}


def test_a_body_is_carried_and_none_makes_a_get():
    assert Endpoint("/api").request("/x", "{}").body == "{}"
    assert Endpoint("/api").request("/x").body is None


@pytest.mark.parametrize("answer", [KeyError("token"), "Bearer x", 5, [("a", "b")]], ids=repr)
def test_a_callable_that_fails_or_gives_no_mapping_is_a_delivery_error(answer):
    def headers():
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(DeliveryError, match="headers callable") as caught:
        Endpoint("/api", headers).request("/x")
    assert caught.value.__cause__ is not None
