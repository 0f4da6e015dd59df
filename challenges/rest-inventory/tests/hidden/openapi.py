"""Is it a valid OpenAPI 3 document, and what does it say about an answer? The part that a reader relies on.

Checked: required fields, and their types, of the document, info, paths, operations, parameters, request
bodies, responses, headers and media types; path parameters against templates; unique operation ids and
parameters; every `$ref` leads somewhere inside the document. Not checked: the inside of schemas (`schemas.py`
reads them against bodies), examples, security, links, callbacks.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from schemas import Schemas

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_RESPONSE_KEY = re.compile(r"[1-5](\d\d|XX)|default")
_TEMPLATE = re.compile(r"\{([^{}]+)\}")
_OPAQUE = ("example", "examples", "default", "enum", "const", "mapping")
_MAX_HOPS = 20


class Document:
    """An OpenAPI document as JSON. `faults()` is empty when nothing is wrong with it."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self._faults: list[str] = []
        version = raw.get("openapi") if isinstance(raw, dict) else None
        self._schemas = Schemas(self._lookup, openapi_30=str(version).startswith("3.0"))

    def faults(self) -> list[str]:
        """Everything that is wrong, in words."""
        self._faults = []
        self._check()
        return self._faults

    def declares(self, method: str, path: str, status: int) -> bool:
        """Whether the operation for a concrete path declares this status, by itself or by a range."""
        return self._response(method, path, status) is not None

    def body_fault(self, method: str, path: str, status: int, media_type: str, body: Any) -> str | None:
        """What in a body does not fit the schema that is declared for it; None also when none is."""
        response = self._follow(self._response(method, path, status))
        content = response.get("content") if isinstance(response, dict) else None
        if not isinstance(content, dict):
            return None
        declared = {name.partition(";")[0].strip().lower(): value for name, value in content.items()}
        for name in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
            if isinstance(declared.get(name), dict):
                return self._schemas.fault(body, declared[name].get("schema", True))
        return None

    def _response(self, method: str, path: str, status: int) -> Any:
        for template in self._matching(path):
            item = self._follow(self.raw["paths"][template])
            names = ("head", "get") if method == "HEAD" else (method.lower(),)
            operation = next((item[name] for name in names if isinstance(item.get(name), dict)), None)
            if operation is not None:
                responses = operation.get("responses", {})
                keys = (str(status), f"{status // 100}XX", "default")
                return next((responses[key] for key in keys if key in responses), None)
        return None

    # -- the checks -------------------------------------------------------------------------------

    def _check(self) -> None:
        if not self._is(self.raw, dict, "the document"):
            return
        version = self.raw.get("openapi")
        if not (isinstance(version, str) and re.fullmatch(r"3\.[01]\.\d+", version)):
            self._faults.append(f"openapi is {version!r}, not 3.0.x or 3.1.x")
        info = self.raw.get("info")
        if self._is(info, dict, "info"):
            for name in ("title", "version"):
                self._is(info.get(name), str, f"info.{name}")
        self._check_references()
        paths = self.raw.get("paths")
        if self._is(paths, dict, "paths"):
            ids: set[str] = set()
            for template, item in paths.items():
                self._check_path(template, self._follow(item), ids)

    def _check_path(self, template: str, item: Any, ids: set[str]) -> None:
        if not template.startswith("/"):
            self._faults.append(f"path {template!r} does not start with a slash")
        if not self._is(item, dict, f"path {template}"):
            return
        shared = self._check_parameters(item.get("parameters", []), template)
        for method in METHODS:
            if method not in item:
                continue
            where = f"{method.upper()} {template}"
            operation = item[method]
            if not self._is(operation, dict, where):
                continue
            own = self._check_parameters(operation.get("parameters", []), where)
            declared = {name for name, place in shared | own if place == "path"}
            if declared != set(_TEMPLATE.findall(template)):
                self._faults.append(
                    f"{where}: path parameters {sorted(declared)} are not those of the template"
                )
            identifier = operation.get("operationId")
            if identifier is not None:
                if identifier in ids:
                    self._faults.append(f"{where}: operationId {identifier!r} occurs twice")
                ids.add(identifier)
            if "requestBody" in operation:
                body = self._follow(operation["requestBody"])
                if self._is(body, dict, f"{where}: requestBody"):
                    self._check_content(body.get("content"), f"{where}: requestBody")
            self._check_responses(operation.get("responses"), where)

    def _check_parameters(self, parameters: Any, where: str) -> set[tuple[str, str]]:
        found: set[tuple[str, str]] = set()
        if not self._is(parameters, list, f"{where}: parameters"):
            return found
        for reference in parameters:
            parameter = self._follow(reference)
            if not self._is(parameter, dict, f"{where}: a parameter"):
                continue
            name, place = parameter.get("name"), parameter.get("in")
            label = f"{where}: parameter {name!r}"
            if not isinstance(name, str) or place not in ("path", "query", "header", "cookie"):
                self._faults.append(f"{label}: name and in are needed")
                continue
            if (name, place) in found:
                self._faults.append(f"{label} occurs twice in {place}")
            if place == "path" and parameter.get("required") is not True:
                self._faults.append(f"{label}: a path parameter is required: true")
            if ("schema" in parameter) == ("content" in parameter):
                self._faults.append(f"{label}: either schema or content is needed")
            found.add((name, place))
        return found

    def _check_responses(self, responses: Any, where: str) -> None:
        if not self._is(responses, dict, f"{where}: responses"):
            return
        if not responses:
            self._faults.append(f"{where}: no response is declared")
        for key, reference in responses.items():
            label = f"{where}: response {key}"
            if key.startswith("x-"):
                continue
            if not _RESPONSE_KEY.fullmatch(key):
                self._faults.append(f"{label}: neither a status, a range like 4XX, nor default")
            response = self._follow(reference)
            if not self._is(response, dict, label):
                continue
            self._is(response.get("description"), str, f"{label}: description")
            if "content" in response:
                self._check_content(response["content"], label)
            headers = response.get("headers", {})
            if self._is(headers, dict, f"{label}: headers"):
                for name, header in headers.items():
                    self._is(self._follow(header), dict, f"{label}: header {name}")

    def _check_content(self, content: Any, where: str) -> None:
        if not self._is(content, dict, f"{where}: content"):
            return
        for media_type, value in content.items():
            if "/" not in media_type:
                self._faults.append(f"{where}: {media_type!r} is no media type")
            if self._is(value, dict, f"{where}: {media_type}") and "schema" in value:
                schema = value["schema"]
                if not isinstance(schema, (dict, bool)):
                    self._faults.append(f"{where}: {media_type}: schema is no schema")

    def _check_references(self) -> None:
        for reference in _references(self.raw):
            if not isinstance(reference, str) or not reference.startswith("#"):
                self._faults.append(f"$ref {reference!r} leads out of the document")
            elif self._lookup(reference) is None:
                self._faults.append(f"$ref {reference!r} leads nowhere")

    # -- helpers ----------------------------------------------------------------------------------

    def _is(self, value: Any, kind: type, what: str) -> bool:
        if isinstance(value, kind):
            return True
        self._faults.append(f"{what} is missing" if value is None else f"{what} is no {kind.__name__}")
        return False

    def _follow(self, value: Any) -> Any:
        for _ in range(_MAX_HOPS):
            if not (isinstance(value, dict) and isinstance(value.get("$ref"), str)):
                return value
            value = self._lookup(value["$ref"])
        return None

    def _lookup(self, reference: str) -> Any:
        value: Any = self.raw
        for token in unquote(reference[1:]).split("/")[1:]:
            token = token.replace("~1", "/").replace("~0", "~")
            if isinstance(value, dict) and token in value:
                value = value[token]
            elif isinstance(value, list) and token.isdigit() and int(token) < len(value):
                value = value[int(token)]
            else:
                return None
        return value

    def _matching(self, path: str) -> list[str]:
        """Templates for a concrete path, those with fewer variables first."""
        found = []
        for template in self.raw["paths"]:
            pattern = "[^/]+".join(map(re.escape, re.split(r"\{[^{}]+\}", template)))
            if re.fullmatch(pattern, path):
                found.append(template)
        return sorted(found, key=lambda template: template.count("{"))


def _references(value: Any) -> Iterator[Any]:
    """Every `$ref` in the document, except in places where a value means itself."""
    stack = [value]
    while stack:
        current = stack.pop()
        if isinstance(current, list):
            stack.extend(current)
        elif isinstance(current, dict):
            if "$ref" in current and not isinstance(current["$ref"], dict):
                yield current["$ref"]
            stack.extend(child for name, child in current.items() if name not in _OPAQUE)
