"""Changes requests in every place and compares what the description and the handler say of each.

What the description allows must not be refused as malformed (400); what it does not allow must be
refused (400 or 422, 413 where there is too much). Each answer has to be described.
"""
import copy
import json
import pathlib
import re
import sys

import shapes
import story
from description import Description, function_name, send

REFUSED = {400, 413, 422}

# What values are replaced by: each, and further numbers and texts. Whole numbers lie just outside
# of bounds.
VALUES = [None, True, -1, 0, 1.5, "", "x", [], ["x"], [None], {}, {"x": 1}]
NUMBERS = [1, 13, 367, 1001, 2147483648, 1_000_001, 10**12 + 1, 3.0, "12.50"]
TEXTS = [
    "standard", "periodEnd", "12.50", "-1", "a\u0001b", "a" * 65, "a" * 256, "a" * 1025,
    "2026-02-30T00:00:00Z", "2026-02-28T00:00:00", "2026-02-28T00:00:00+01:00", "PT1H", "P1M",
]

PRICES = json.loads((pathlib.Path(__file__).parent / "../BillingTests/Fixtures/price-vectors.json").read_text())
PRICED = [{name: vector[name] for name in ("currency", "price", "usage")} for vector in PRICES]

# Requests with what the examples leave out.
FURTHER = {
    # Of each model the price with most members.
    "priceUsage": list({
        request["price"]["model"]: request
        for request in sorted(PRICED, key=lambda request: len(request["price"]))}.values()),
    "applyCatalog": [{"dryRun": True, "meters": [{
        "key": "m", "eventName": "e", "aggregation": "latest", "property": "a.b", "required": False,
        "filters": [{"property": "p", "operator": "in", "values": ["a", 1, True]},
                    {"property": "p", "operator": "exists"},
                    {"property": "p", "operator": "startsWith", "value": "a"}]}]}],
    "putWebhookEndpoint": [{
        "id": "other", "url": "https://hooks.example/", "eventTypes": ["period.closed", "usage.late"],
        "format": "standard", "enabled": False}],
    "generateInvoice": [{
        "subscriptionId": "acme-api", "periodStart": "2026-01-01T05:00:00Z", "kind": "advance", "revision": 0,
        "preview": False}],
    "closePeriod": [{"asOf": "2026-02-01T05:00:00Z", "subscriptionId": "acme-api", "limit": 1}],
    "queryUsage": [{"subscriptionId": "acme-api", "at": "2026-01-20T05:00:00Z", "meter": "api-calls",
                    "window": "day", "groupBy": ["method"]}],
    "rankUsage": [{"meter": "api-calls", "at": "2026-01-20T05:00:00Z", "cursor": None, "limit": 1}],
}

# How deep requests are changed, where the rest is another function's too.
DEPTH = {"simulateInvoice": 2}


def requests_of(path, media):
    examples = [example["value"] for example in media.get("examples", {}).values()]
    return examples + FURTHER.get(function_name(path), []) if examples else []


def places(value, path=()):
    """The path of each value inside of `value`, its own included."""
    yield path
    if isinstance(value, dict):
        for name, member in value.items():
            yield from places(member, (*path, name))
    elif isinstance(value, list):
        # Further elements are like the first.
        for index, element in enumerate(value[:1]):
            yield from places(element, (*path, index))


def at(value, path):
    for step in path:
        value = value[step]
    return value


def replaced(value, path, new):
    if not path:
        return new
    value = copy.deepcopy(value)
    at(value, path[:-1])[path[-1]] = new
    return value


def removed(value, path):
    value = copy.deepcopy(value)
    del at(value, path[:-1])[path[-1]]
    return value


def changes(request, depth):
    for path in places(request):
        if len(path) > depth:
            continue
        old = at(request, path)
        further = NUMBERS if isinstance(old, (int, float)) else TEXTS if isinstance(old, str) else []
        for new in VALUES + further:
            if type(new) is not type(old) or new != old:
                yield replaced(request, path, new)
        if path:
            yield removed(request, path)
        if isinstance(old, dict):
            yield replaced(request, path, {**old, "typo": 1})
        if isinstance(old, list) and old:
            for count in (2, 4, 11, 51, 101, 1001):
                yield replaced(request, path, old[:1] * count)


def nodes(description, schema, value, path=()):
    """Each value inside of `value` with what its schema comes to there."""
    schema = description.resolve(schema)
    for branch in schema.get("anyOf", []):
        if not description.errors(branch, value):
            yield from nodes(description, branch, value, path)
            break
    yield path, schema
    if isinstance(value, dict):
        for name, member in value.items():
            inner = schema.get("properties", {}).get(name)
            if inner is not None and member is not None:
                yield from nodes(description, inner, member, (*path, name))
    elif isinstance(value, list) and value and "items" in schema:
        yield from nodes(description, schema["items"], value[0], (*path, 0))


def at_bounds(schema, value):
    """Values just inside of a schema's bounds, and just outside."""
    if isinstance(value, int) and "maximum" in schema:
        low, high = schema["minimum"], schema["maximum"]
        return [low, high], [low - 1, high + 1]
    if isinstance(value, str) and "maxLength" in schema:
        filler = value + "a" * schema["maxLength"]
        return [filler[:schema["maxLength"]]], [filler[:schema["maxLength"] + 1]]
    if isinstance(value, list) and value and "maxItems" in schema:
        return [value[:1] * schema["maxItems"]], [value[:1] * (schema["maxItems"] + 1)]
    return [], []


# How handlers say that a bound is passed.
BEYOND = re.compile(r"^must (have|lie)|longer than|needs values|stands alone")


def compare_bounds(description, path, operation):
    """Bounds are where the description has them: the handler names the field just beyond them."""
    for type_, media in operation["requestBody"]["content"].items():
        checked = set()
        for example in requests_of(path, media):
            # Of a batch or a CloudEvent other fields are named.
            if type_ != "application/json" or "events" in example:
                continue
            for place, schema in nodes(description, media["schema"], example):
                name = ("/".join(str(step) for step in place if step != 0), json.dumps(schema, sort_keys=True))
                inside, outside = at_bounds(schema, at(example, place))
                if not inside or name in checked:
                    continue
                checked.add(name)
                pointer = "".join(f"/{step}" for step in place)
                for value, is_inside in [(v, True) for v in inside] + [(v, False) for v in outside]:
                    answer = send("POST", path, json.dumps(replaced(example, place, value)).encode(),
                                  {"content-type": type_})
                    blamed = answer.status == 413 or any(
                        pointer.startswith(error["pointer"]) and BEYOND.search(error["detail"])
                        for error in answer.json.get("errors", []))
                    if blamed == is_inside:
                        yield f"{pointer} with {str(value)[:60]}: {answer.status} {answer.body[:300].decode()}"


def batch_of(type_, request):
    """The events of a request that are read one by one; None where it is a single one."""
    if type_ == "application/cloudevents-batch+json":
        return request if isinstance(request, list) else None
    if type_ == "application/json" and isinstance(request, dict):
        events = request.get("events")
        others = [name for name in request if name != "events"]
        return events if isinstance(events, list) and not others else None
    return None


def element_schema(description, type_, media):
    if type_ == "application/cloudevents-batch+json":
        return media["schema"]["items"]
    return description.document["components"]["schemas"]["EventBatch"]["properties"]["events"]["items"]


def fault(description, path, type_, media, request, answer):
    errors = description.errors(media["schema"], request)
    batch = batch_of(type_, request) if function_name(path) == "ingestEvent" else None
    if batch is not None and answer.status == 200:
        schema = element_schema(description, type_, media)
        broken = sum(bool(description.errors(schema, event)) for event in batch)
        rejected = answer.json["rejected"]
        return f"{broken} events are not as described, {rejected} rejected" if broken > rejected else None
    if errors and answer.status not in REFUSED:
        return f"answers {answer.status} to what is not described: {errors[0]}"
    if not errors and answer.status == 400:
        return f"answers 400 to what is described: {answer.body.decode()}"
    return None


def compare(description, path, operation):
    count = 0
    for type_, media in operation["requestBody"]["content"].items():
        seen = set()
        for example in requests_of(path, media):
            for request in changes(example, DEPTH.get(function_name(path), 99)):
                text = json.dumps(request)
                if text in seen:
                    continue
                seen.add(text)
                answer = send("POST", path, text.encode(), {"content-type": type_})
                count += 1
                found = [fault(description, path, type_, media, request, answer)]
                for each in [*filter(None, found), *description.answer_errors(operation, answer)]:
                    yield f"{each}\n    {text[:400]}"
    print(f"{path}: {count} requests")


def compare_prices(description):
    """Every golden price is described, and so is its answer."""
    operation = description.document["paths"]["/functions/priceUsage"]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    for request in PRICED:
        answer = send("POST", "/functions/priceUsage", request)
        errors = description.errors(schema, request) + description.answer_errors(operation, answer)
        if errors or answer.status != 200:
            yield f"{answer.status} {errors} {json.dumps(request)}"


def compare_bodies(description, path, operation):
    """Bodies that are no request at all."""
    is_needed = operation["requestBody"]["required"]
    json_type = {"content-type": "application/json"}
    rows = [
        (b"", {}, {400} if is_needed else {200}),
        (b"{", json_type, {400}),
        (b'{"id":"a","id":"a"}', json_type, {400}),
        (b"[" * 64 + b"]" * 64, json_type, {400}),
        (b"\xff", json_type, {400}),
        (b"<id/>", {"content-type": "application/xml"}, {415}),
        (b"{}", {**json_type, "content-encoding": "br"}, {415}),
        (b"{}", {**json_type, "content-encoding": "gzip"}, {400}),
    ]
    for body, headers, expected in rows:
        answer = send("POST", path, body, headers)
        if answer.status not in expected:
            yield f"answers {answer.status} to {body!r} with {headers}"
        yield from description.answer_errors(operation, answer)
    unknown = send("POST", path, b"{}", json_type, key="tsk_none")
    if unknown.status != 401:
        yield f"answers {unknown.status} to an unknown key"
    yield from description.answer_errors(operation, unknown)


def agree(description):
    faults = [*story.tell(description), *shapes.show(description), *compare_prices(description)]
    for method, path, operation in description.operations():
        if function_name(path) is None:
            continue
        for check in (compare, compare_bounds, compare_bodies):
            faults += [f"{path}: {each}" for each in check(description, path, operation)]
    return faults


if __name__ == "__main__":
    faults = agree(Description.of_server())
    print("\n".join(faults[:100]) if faults else "done")
    sys.exit(1 if faults else 0)
