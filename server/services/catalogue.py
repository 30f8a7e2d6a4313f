"""What a platform can list beside sessions and people: projects with their policies, devices."""

from collections.abc import Sequence

from server.errors import not_found
from server.records import DeviceLine, PolicyVersion, Project
from server.services.asking import Asker
from server.services.naming import named_id
from server.storage.protocols import OrganisationStore, Store


class Catalogue:
    """Projects and devices, as a platform may see them: all of its own organisation's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def projects(self, asker: Asker, after: bytes | None, limit: int) -> Sequence[Project]:
        """Projects by their ids, each with the policy in force."""
        return self._of(asker).projects_after(after, limit)

    def project(self, asker: Asker, project_hex: str) -> Project:
        """One project; raises `Refusal`."""
        found = self._of(asker).project(named_id(project_hex))
        if found is None:
            raise not_found()
        return found

    def versions(self, asker: Asker, project_hex: str) -> Sequence[PolicyVersion]:
        """Every version of a project's policy, the one in force last; raises `Refusal`."""
        return self._of(asker).policies(self.project(asker, project_hex).id)

    def devices(
        self, asker: Asker, person_hex: str | None, after: bytes | None, limit: int
    ) -> Sequence[DeviceLine]:
        """Devices by their ids; of one person, if one is named; raises `Refusal`."""
        person = named_id(person_hex) if person_hex is not None else None
        return self._of(asker).devices_after(person, after, limit)

    def device(self, asker: Asker, device_hex: str) -> DeviceLine:
        """One device; raises `Refusal`."""
        found = self._of(asker).device(named_id(device_hex))
        if found is None:
            raise not_found()
        return found

    def _of(self, asker: Asker) -> OrganisationStore:
        return self._store.of(asker.organisation)
