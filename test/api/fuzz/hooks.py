"""Steers Schemathesis to things that exist, and checks that no caller gets an answer that its role may not have.

The test writes the rules, a JSON file, and names it in SLUICE_FUZZ_RULES: the caller, the rights that each route asks
for, the names that exist, and the texts that no answer to this caller may have.
"""

import base64
import json
import os
import zlib
from urllib.parse import unquote

import schemathesis

with open(os.environ["SLUICE_FUZZ_RULES"], encoding="utf-8") as file:
    RULES = json.load(file)

ROLES = ["viewer", "operator", "deployer", "admin"]
JOBS = RULES["ownJobs"] + RULES["foreignJobs"] + RULES["unknownJobs"]
NAMES = {
    "job": JOBS,
    "id": ["deploy", "savepoint", "older"],
    "project": RULES["projects"],
    "version": ["1.0.0", "1.1.0"],
    "number": ["1", "2", "3"],
    "name": [f"{job}.yaml" for job in JOBS],
    "file": ["jobmanager.log", "exceptions.json", "launch_container.sh"],
}


def chosen(generated, names):
    """Takes a known name for two of three generated values: repeatable, so that Schemathesis can shrink."""
    number = zlib.crc32(repr(generated).encode("utf-8", "surrogatepass"))
    return names[number // 3 % len(names)] if number % 3 else generated


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    if not path_parameters:
        return path_parameters
    return {key: chosen(value, NAMES[key]) if key in NAMES else value for key, value in path_parameters.items()}


@schemathesis.hook
def map_body(context, body):
    if isinstance(body, dict) and isinstance(body.get("release"), str):
        return {**body, "release": chosen(body["release"], RULES["releases"])}
    return body


@schemathesis.hook
def filter_case(context, case):
    """Keeps the tokens of the callers, which a later test still needs."""
    parameters = case.path_parameters or {}
    return not (case.operation.path.startswith("/tokens/") and parameters.get("id") in RULES["tokenIds"])


CURSORS = [
    "",
    "\0",
    "2026-01-01T00:00:00.000Z x",
    "-271821-04-20T00:00:00Z",
    "+275760-09-13T00:00:00Z",
    "9999-12-31T23:59:59.999Z",
    "\U0001f600" * 50,
]


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Leaves events without a schema: the document describes the whole text, and Schemathesis compares each event."""
    for path in raw_schema["paths"].values():
        for operation in path.values():
            for answer in operation["responses"].values():
                content = answer.get("content", {})
                if "text/event-stream" in content:
                    content["text/event-stream"] = {}


# Node's HTTP server refuses 16 KiB of address and headers before the API sees them.
MOST_VALUES = 8
MOST_CHARACTERS = 100


def shortened(value):
    if isinstance(value, list):
        return [shortened(item) for item in value[:MOST_VALUES]]
    return value[:MOST_CHARACTERS] if isinstance(value, str) else value


@schemathesis.hook
def before_call(context, case, kwargs):
    """
    Follows no redirect, since the identity provider is not under test, forges a cursor for every third list, and keeps
    queries short.
    """
    kwargs["allow_redirects"] = False
    query = case.query
    for name in list(query or {}):
        if name != "cursor":
            query[name] = shortened(query[name])
    if query and isinstance(query.get("cursor"), str):
        number = zlib.crc32(repr(query).encode("utf-8", "surrogatepass"))
        if number % 3 == 0:
            path = case.operation.path
            for name, value in (case.path_parameters or {}).items():
                path = path.replace("{" + name + "}", unquote(str(value)))
            text = f"{path}\n{CURSORS[number // 3 % len(CURSORS)]}"
            query["cursor"] = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def includes(role, needed):
    return ROLES.index(role) >= ROLES.index(needed)


def body_needs(case):
    """The lowest role that may ask for the operation of a body; None where no operation is asked for."""
    body = case.body
    kind = body.get("kind") if isinstance(body, dict) else None
    if not isinstance(kind, str) or kind not in RULES["neededForKind"]:
        return None
    needed = [RULES["neededForKind"][kind]]
    needed += [role for field, role in RULES["neededForField"].items() if body.get(field) is True]
    # Every job of the rules has run, so that a fresh start discards state.
    needed += ["admin"] if body.get("from") == "fresh" else []
    # A restore point of another job.
    source = body.get("from")
    job = unquote(str((case.path_parameters or {}).get("job", "")))
    needed += ["admin"] if isinstance(source, str) and "/" in source and f"/{job}/" not in source else []
    needed += ["deployer"] if kind == "deploy" and "hotfix" in body else []
    return max(needed, key=ROLES.index)


def may_use(route, case):
    role, limited = RULES["role"], RULES["isLimited"]
    needed = RULES["neededRoles"][route]
    if needed in ("public", "known"):
        return True
    if needed == "whole":
        return not limited and role == "admin"
    job = unquote(str((case.path_parameters or {}).get("job", "")))
    # A campaign is open to whoever has the role for any job: each of its jobs is decided by itself.
    if limited and "{job}" in route and job not in RULES["ownJobs"]:
        return False
    if route == "POST /jobs/{job}/operations":
        needed = body_needs(case) or needed
    return includes(role, needed)


def sent_by(case):
    sent = [case.path_parameters, case.query, case.headers, case.body]
    return json.dumps(sent, default=repr, ensure_ascii=False)


@schemathesis.check
def only_what_the_role_may_have(context, response, case):
    route = f"{case.operation.method.upper()} {case.operation.path}"
    who = RULES["caller"]
    status = response.status_code
    text = response.text if response.content else ""
    # An answer to a method that the route does not have is about no job.
    if case.method.upper() != case.operation.method.upper():
        assert status in (204, 404, 405) or case.method.upper() == "HEAD", f"{case.method} of {route} answered {status}"
        return
    if response.request.headers.get("Authorization") != f"Bearer {RULES['token']}":
        # Schemathesis leaves the token out, or makes one up.
        is_public = RULES["neededRoles"][route] == "public"
        assert is_public or status in (401, 415, 429), f"{route} answered nobody known with {status}"
        return
    # A login answers so about the token in its body.
    assert status != 401 or route == "POST /login/token", f"the token of the {who} is unknown: {route}"
    if not may_use(route, case):
        # A request without the form of its route is refused before it is decided, and 404 would tell what exists.
        assert status in (400, 403, 413, 415, 422), f"the {who} may not use {route}, and got {status}"
    sent = sent_by(case)
    for hidden in RULES["hidden"]:
        assert hidden not in text or hidden in sent, f"{route} told the {who} of {hidden}"
