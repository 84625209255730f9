"""Sends each example of the description and compares the answer with the one that stands there."""
import sys

from description import Description, function_name, send

# Drawn anew each time, or of real time, so that only their form can be compared.
VARYING = {
    "putWebhookEndpoint": {"secret"},
    "rotateWebhookSecret": {"secret"},
    "testWebhookEndpoint": {"error"},
    "createKey": {"id", "key", "createdAt"},
    "listKeys": {"id", "createdAt"},
    "listWebhookDeliveries": {"attempts", "lastAttemptAt", "nextAttemptAt", "lastError", "attemptLog"},
    "redeliverWebhook": {"attempts", "lastAttemptAt", "nextAttemptAt", "lastError", "attemptLog"},
}


def differences(shown, got, varying, place=""):
    if isinstance(shown, dict) and isinstance(got, dict):
        for name in dict.fromkeys([*shown, *got]):
            if name in varying:
                continue
            if name not in shown or name not in got:
                yield f"{place}/{name} stands in one of the two only"
            else:
                yield from differences(shown[name], got[name], varying, f"{place}/{name}")
    elif isinstance(shown, list) and isinstance(got, list) and len(shown) == len(got):
        for index, (left, right) in enumerate(zip(shown, got)):
            yield from differences(left, right, varying, f"{place}/{index}")
    elif shown != got or type(shown) is not type(got):
        yield f"{place} is {got!r} and not {shown!r}"


def shown_answer(operation, name):
    for status, response in operation["responses"].items():
        for media in response.get("content", {}).values():
            if name in media.get("examples", {}):
                return int(status), media["examples"][name]["value"]
    return None


def faults_of_function(description, path, operation):
    contents = operation["requestBody"]["content"]
    examples = [(type_, name, example["value"]) for type_, media in contents.items()
                for name, example in media.get("examples", {}).items()]
    if not examples:
        yield "has no example"
    for type_, name, request in examples:
        for fault in description.errors(contents[type_]["schema"], request):
            yield f"{name}: the request: {fault}"
        answer = send("POST", path, request, {"content-type": type_})
        for fault in description.answer_errors(operation, answer):
            yield f"{name}: the answer: {fault}"
        if function_name(path) is None:
            # The same function once more: what it answered first stands elsewhere.
            continue
        shown = shown_answer(operation, name)
        if shown is None:
            yield f"{name}: no answer is shown"
            continue
        status, body = shown
        if status != answer.status:
            yield f"{name}: the status is {answer.status} and not {status}: {answer.body}"
            continue
        for fault in differences(body, answer.json, VARYING.get(function_name(path), set())):
            yield f"{name}: {fault}"


def faults_of_page(description, method, path, operation):
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", parameter["example"])
    media = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    bodies = [example["value"] for example in media.get("examples", {}).values()] or [None]
    for body in bodies:
        answer = send(method, path, body)
        if answer.status != 200:
            yield f"answers {answer.status}: {answer.body}"
        yield from description.answer_errors(operation, answer)


def tell(description):
    """Sends the whole story; returns what was not as it is described."""
    faults = []
    operations = sorted(description.operations(), key=lambda entry: function_name(entry[1]) is None)
    for method, path, operation in operations:
        is_function = "requestBody" in operation and "{" not in path
        found = (faults_of_function(description, path, operation) if is_function
                 else faults_of_page(description, method, path, operation))
        faults += [f"{method} {path}: {fault}" for fault in found]
    return faults


if __name__ == "__main__":
    faults = tell(Description.of_server())
    print("\n".join(faults) if faults else "done")
    sys.exit(1 if faults else 0)
