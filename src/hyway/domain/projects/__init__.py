"""Projects, their apps and environments, and how organizations begin with them."""

from hyway.domain.projects import apps, controls, environments, founding
from hyway.domain.projects.projects import change, create, drop, find, page
from hyway.domain.projects.records import (
    App,
    AppChange,
    AppQuery,
    Draft,
    Environment,
    EnvironmentChange,
    EnvironmentType,
    Home,
    NewApp,
    NewEnvironment,
    NewProject,
    OrganizationRef,
    Project,
    ProjectChange,
)

__all__ = [
    "App",
    "AppChange",
    "AppQuery",
    "Draft",
    "Environment",
    "EnvironmentChange",
    "EnvironmentType",
    "Home",
    "NewApp",
    "NewEnvironment",
    "NewProject",
    "OrganizationRef",
    "Project",
    "ProjectChange",
    "apps",
    "change",
    "controls",
    "create",
    "drop",
    "environments",
    "find",
    "founding",
    "page",
]
