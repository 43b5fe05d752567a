"""Definitions over REST: deploy, list, and read what was deployed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import State, UploadFile
from litestar.exceptions import ValidationException
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Operation
from litestar.params import FromPath, JSONBody, PathParameter, QueryParameter

from mtd.faces.api.problems import refused
from mtd.faces.api.provided import Served
from mtd.runtime.definitions.flows import Fault
from mtd.runtime.definitions.packing import FILES_MAX, File
from mtd.runtime.definitions.shelf import Pool
from mtd.runtime.operations.changing import INSTANCES_MAX, Plan, migrated, planned
from mtd.runtime.operations.deploying import Refused, files_of, listed
from mtd.runtime.operations.deploying import deploy as deployed
from mtd.runtime.operations.operations import Conflict
from mtd.store.deployed.definitions import Deployed, Listed

BODY_MAX_BYTES = 64 * 1024 * 1024
DEPLOYER = "rest"
OCTETS = "application/octet-stream"
Asked = Request[Any, Any, State]
Version = Annotated[str, PathParameter(pattern=r"^(latest|[1-9][0-9]{0,8})$")]


class FileText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of a deployment."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    content: str


class Deployable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be deployed together; other than text goes by multipart."""

    files: Annotated[list[FileText], msgspec.Meta(min_length=1, max_length=FILES_MAX)]
    tag: Annotated[str, msgspec.Meta(max_length=100)] = ""
    actor: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] = DEPLOYER


class VersionView(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a definition or decision model."""

    kind: str
    """`process` or `table`."""
    name: str
    version: int
    tag: str
    file: str
    deployed_at: datetime | None
    deployed_by: str


class DeployedView(msgspec.Struct, frozen=True, kw_only=True):
    """A version under which something is deployed now."""

    name: str
    version: int
    fresh: bool
    """False: it was there already."""


class Deployment(msgspec.Struct, frozen=True, kw_only=True):
    """What a deployment came to."""

    processes: list[DeployedView]
    tables: list[DeployedView]
    warnings: list[Fault]


class DefinitionView(VersionView, frozen=True, kw_only=True):
    """A version with the files that it was compiled from."""

    source: str | None
    """The drawing, or table, as text; None: it is none (`/drawing` has the bytes)."""
    bindings: str
    tables: dict[str, str]
    """Of a process: the tables that it uses in the version at its deployment."""
    versions: dict[str, int]
    """The versions of those, and of the processes it calls so."""
    process: str | None
    """Of a drawing of which several processes are deployed: the id of the one that this is."""


DEPLOYED = {
    200: ResponseSpec(Deployment, generate_examples=False, description="All of it was there"),
    201: ResponseSpec(Deployment, generate_examples=False, description="It is deployed"),
}


class _Given(NamedTuple):
    """A request, whichever way it came."""

    files: tuple[File, ...]
    tag: str
    actor: str


@dataclass
class DeploymentBody(Operation):
    """An operation whose body is a deployment, which its handler reads by itself."""

    def to_schema(self) -> dict[str, Any]:
        """As for any operation, and the two ways of sending files."""
        _, parts = msgspec.json.schema_components(
            [Deployable], ref_template="#/components/schemas/{name}"
        )
        whole = {**parts["Deployable"], "properties": dict(parts["Deployable"]["properties"])}
        whole["properties"]["files"] = {
            **whole["properties"]["files"],
            "items": parts["FileText"],
        }
        form = {
            "type": "object",
            "properties": {
                "file": {"type": "string", "format": "binary"},
                **{word: whole["properties"][word] for word in ("tag", "actor")},
            },
        }
        content = {
            "application/json": {"schema": whole},
            "multipart/form-data": {"schema": form},
        }
        return {**super().to_schema(), "requestBody": {"required": True, "content": content}}


@post(
    "/definitions",
    status_code=201,
    summary="Deploy drawings, bindings and decision tables",
    request_max_body_size=BODY_MAX_BYTES,
    operation_class=DeploymentBody,
    responses=DEPLOYED,
)
async def deploy(request: Asked, operations: Served) -> Response[Any]:
    """All of the files or none: JSON, or multipart with a part a file.

    409 where the customer wants two to release (`release_by_two`): `POST /releases` asks for it.

    201 with the versions, 200 when all of them were there already; 422 with every fault of
    every file when anything would not run.
    """
    given = await _given(request)
    app, tenant = operations.app, operations.tenant
    if app.settings.portal.release_by_two:
        raise Conflict("two people release here: POST /releases asks for it, another agrees")
    try:
        outcome = await deployed(app, tenant, given.files, given.actor, tag=given.tag)
    except Refused as error:
        return refused(error)
    body = Deployment(
        processes=[_done(one) for one in outcome.processes],
        tables=[_done(one) for one in outcome.tables],
        warnings=list(outcome.warnings),
    )
    fresh = any(one.fresh for one in (*outcome.processes, *outcome.tables))
    return Response(body, status_code=201 if fresh else 200)


@get("/definitions", summary="Every version of every process and decision table")
async def listing(
    operations: Served, name: Annotated[str | None, QueryParameter(max_length=200)] = None
) -> list[VersionView]:
    """By kind, name and version; of one name, or all."""
    found = await listed(operations.app, operations.tenant)
    return [VersionView(**_version(one)) for one in found if name in (None, one.name)]


@get("/definitions/{name:str}/{version:str}", summary="A version, with what it was made of")
async def show(operations: Served, name: FromPath[str], version: Version) -> DefinitionView:
    """`latest`, or a number; the name of a table is its file's."""
    one, files = await files_of(operations.app, operations.tenant, name, version)
    pool = files.answers.pool
    return DefinitionView(
        **_version(one),
        source=_text(files.drawing),
        bindings=files.answers.bindings,
        tables=files.answers.tables,
        versions=files.answers.versions | files.answers.calls,
        process=pool.process if isinstance(pool, Pool) else None,
    )


@get("/definitions/{name:str}/{version:str}/drawing", summary="A drawing as it was deployed",
     media_type=OCTETS)  # fmt: skip
async def drawing(operations: Served, name: FromPath[str], version: Version) -> Response[bytes]:
    """The file's own bytes: BPMN, XPDL, Bizagi's own format, or DMN."""
    _, files = await files_of(operations.app, operations.tenant, name, version)
    return Response(files.drawing, media_type=OCTETS)


class Migration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which instances are to go on with which version; who wants it, and why."""

    old: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
    new: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
    actor: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=1000, pattern=r"\S")]
    mapping: dict[str, str] = {}
    """Ids of elements that have another one in the new version."""
    instances: Annotated[list[UUID], msgspec.Meta(max_length=INSTANCES_MAX)] = []
    """Empty: all that run on the old version."""
    plan: bool = True
    """Only show the plan; false: let those follow that can."""


@post("/definitions/{name:str}/migration", status_code=200, summary="Migrate running instances")
async def migration(operations: Served, name: FromPath[str], data: JSONBody[Migration]) -> Plan:
    """The plan: where elements go, and for each instance what happens, or why it cannot follow."""
    app, tenant = operations.app, operations.tenant
    old, new = f"{name}@{data.old}", f"{name}@{data.new}"
    chosen = [str(id_) for id_ in data.instances]
    plan = await planned(app, tenant, old, new, data.mapping, chosen)
    if data.plan:
        return plan
    return await migrated(app, tenant, plan, data.mapping, data.actor, data.reason)


async def _given(request: Asked) -> _Given:
    """The files of a request. Raises ValidationException that says what is wrong with it."""
    if request.content_type[0] == "multipart/form-data":
        return await _parts(request)
    try:
        asked = msgspec.json.decode(await request.body(), type=Deployable)
    except msgspec.MsgspecError as error:
        raise ValidationException(f"the body is no deployment: {error}") from error
    files = tuple(File(file.name, file.content.encode()) for file in asked.files)
    return _Given(files, asked.tag, asked.actor)


async def _parts(request: Asked) -> _Given:
    form = await request.form()
    files: list[File] = []
    words = {"tag": "", "actor": DEPLOYER}
    for name, part in form.multi_items():
        if isinstance(part, UploadFile):
            files.append(File(part.filename or name, await part.read()))
        elif name in words:
            words[name] = str(part)
        else:
            raise ValidationException(f"part {name!r} is neither a file nor tag nor actor")
    if not 0 < len(files) <= FILES_MAX:
        raise ValidationException(f"a deployment has 1 to {FILES_MAX} files")
    return _Given(tuple(files), words["tag"], words["actor"])


def _done(one: Deployed) -> DeployedView:
    return DeployedView(name=one.name, version=one.version, fresh=one.fresh)


def _version(one: Listed) -> dict[str, Any]:
    values = msgspec.structs.asdict(one)
    values["file"] = values.pop("format")
    return values


def _text(content: bytes) -> str | None:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


ROUTER = Router(
    path="/", route_handlers=[deploy, listing, show, drawing, migration], tags=["definitions"]
)
