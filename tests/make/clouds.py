"""A cloud that shows everybody the same tenants and subscriptions, without a wire."""

from hyway.domain.connections import Resource
from hyway.domain.connections.providing import Declined, Reach, Unclear
from hyway.domain.connections.tenancy import Tenancy
from tests.make.vendor import Still

PERSONS = "eyJ-of-a-person"


class Cloud(Still):
    def survey(self, reach: Reach, token: str) -> Tenancy:
        if token == "eyJ-at-night":
            raise Unclear("Azure did not answer")
        if token == "eyJ-without-a-client":
            raise ImportError("No module named 'azure'")
        if token != PERSONS:
            raise Declined(f"Azure refuses these credentials: {token} is not valid")
        return Tenancy(
            (Resource("11111111-1111-4111-8111-111111111111", "Acme"),),
            (Resource("33333333-3333-4333-8333-333333333333", "Main"),),
        )
