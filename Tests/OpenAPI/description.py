"""The description that a server gives of itself, and what a test does with it."""
import http.client
import json
import os
import re
import urllib.parse

import jsonschema_rs

SERVER = urllib.parse.urlsplit(os.environ["SERVER"])
KEY = os.environ["KEY"]
# It stays open, and opens again where the server has closed it.
CONNECTION = http.client.HTTPConnection(SERVER.hostname, SERVER.port, timeout=60)


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def type(self):
        return self.headers.get("content-type", "")

    @property
    def json(self):
        return json.loads(self.body)


def send(method, path, body=None, headers=None, key=KEY):
    """Sends one request; `body` is bytes, or something that becomes JSON."""
    headers = dict(headers or {})
    if key:
        headers["authorization"] = "Bearer " + key
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
        headers.setdefault("content-type", "application/json")
    CONNECTION.request(method, path, body, headers)
    return Answer(CONNECTION.getresponse())


def closed(node):
    """An answer's schema without room for members that it does not name.

    Callers have to put up with new members, so the description leaves the room; the test does not.
    """
    if isinstance(node, list):
        return [closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {name: closed(value) for name, value in node.items()}
    if isinstance(node.get("properties"), dict) and node.get("type") == "object":
        node.setdefault("additionalProperties", False)
    return node


class Description:
    def __init__(self, document):
        self.document = document
        self._closed = closed(document["components"])
        self._validators = {}

    @classmethod
    def of_server(cls):
        answer = send("GET", "/openapi.json", key=None)
        assert answer.status == 200, answer.status
        return cls(answer.json)

    def operations(self):
        for path, item in self.document["paths"].items():
            for method, operation in item.items():
                yield method.upper(), path, operation

    def resolve(self, node):
        while "$ref" in node:
            target = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            node = target
        return node

    def errors(self, schema, value, is_answer=False):
        """What is wrong with `value`."""
        name = (json.dumps(schema, sort_keys=True), is_answer)
        if name not in self._validators:
            schema = closed(schema) if is_answer else schema
            components = self._closed if is_answer else self.document["components"]
            whole = {"components": components, "allOf": [schema]}
            self._validators[name] = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        return [f"{error.instance_path}: {error.message}"[:300]
                for error in self._validators[name].iter_errors(value)]

    def answer_errors(self, operation, answer):
        """What of an answer is not as it is described."""
        described = operation["responses"].get(str(answer.status))
        if described is None:
            return [f"{answer.status} is not described: {answer.body[:300]}"]
        described = self.resolve(described)
        faults = []
        for name, header in described.get("headers", {}).items():
            value = answer.headers.get(name.lower())
            schema = self.resolve(header)["schema"]
            if value is None:
                if name == "X-Request-Id" or header.get("required"):
                    faults.append(f"there is no {name}")
            elif self.errors(schema, int(value) if schema.get("type") == "integer" else value):
                faults.append(f"{name} is {value}")
        if answer.status in (429, 503) and "retry-after" not in answer.headers:
            faults.append("there is no Retry-After")
        content = described.get("content", {})
        if not content:
            return faults + (["there is a body"] if answer.body else [])
        if answer.type not in content:
            return faults + [f"the type {answer.type} is not described"]
        if "json" in answer.type:
            faults += self.errors(content[answer.type]["schema"], answer.json, is_answer=True)
        return faults


def function_name(path):
    return re.fullmatch(r"/functions/(\w+)", path)[1] if path.startswith("/functions/") else None
