"""Goes on after the story: answers and webhooks of forms that the examples do not have."""
import http.server
import json
import queue
import threading
import time

from description import send

PATIENCE_SECONDS = 30


class Receiver:
    """A receiver of webhooks on a port of its own; each takes what it is sent."""

    def __init__(self):
        messages = self.messages = queue.Queue()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                messages.put(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(200)
                self.send_header("content-length", "5")
                self.end_headers()
                self.wfile.write(b"taken")

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def message(self):
        return self.messages.get(timeout=PATIENCE_SECONDS)


class Shapes:
    def __init__(self, description):
        self.description = description
        self.faults = []

    def call(self, name, **request):
        answer = send("POST", "/functions/" + name, request)
        operation = self.description.document["paths"]["/functions/" + name]["post"]
        if answer.status != 200:
            self.faults.append(f"{name}: {answer.status} {answer.body}")
        self.faults += [f"{name}: {fault}" for fault in self.description.answer_errors(operation, answer)]
        return answer.json

    def expect(self, what, condition):
        if not condition:
            self.faults.append(f"{what} was not seen")

    def late_usage(self):
        """Usage that comes after its period was billed, and a call that is taken back."""
        # So many users that an amount changes: else nothing is to be corrected.
        events = [{"customerEventId": f"late-{index}", "customerId": "acme", "eventName": "api.call",
                   "timestamp": "2026-01-25T00:00:00Z", "properties": {"userId": f"late-{index}"}}
                  for index in range(30)]
        results = self.call("ingestEvent", events=events)["results"]
        self.expect("a late event", results and results[0]["late"])
        self.call("voidEvent", customerId="acme", customerEventId="e-1", reason="not theirs")
        self.expect("a void", "voidedBy" in self.call("getEvent", customerId="acme", customerEventId="e-1"))
        self.call("advanceClock", to="2026-02-03T05:00:00Z")
        closed = self.call("closePeriod")["closed"]
        self.expect("a correction's close", any(entry["kind"] == "correction" for entry in closed))

    def invoices(self):
        # Whoever asks for it has it, before the server writes it by itself.
        self.call("generateInvoice", subscriptionId="acme-api", periodStart="2026-01-01T05:00:00Z",
                  kind="correction", revision=1)
        corrections = self.call("listInvoices", kind="correction")["items"]
        self.expect("a correction", corrections and corrections[0]["corrects"])
        for correction in corrections:
            for line in correction["lines"]:
                self.call("traceInvoiceLine", invoiceId=correction["id"], lineId=line["id"])
        self.call("generateInvoice", subscriptionId="acme-api", periodStart="2026-01-01T05:00:00Z", kind="advance")
        for invoice in self.call("listInvoices")["items"]:
            self.call("verifyInvoice", invoiceId=invoice["id"])

    def webhooks(self, receiver):
        described = self.description.document["webhooks"]
        missing = set(described)
        while missing:
            try:
                message = receiver.message()
            except queue.Empty:
                self.faults.append(f"no webhook of {sorted(missing)}")
                return
            missing.discard(message["type"])
            content = described[message["type"]]["post"]["requestBody"]["content"]["application/json"]
            errors = self.description.errors(content["schema"], message, is_answer=True)
            self.faults += [f"{message['type']}: {error}" for error in errors]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.call("listWebhookDeliveries", endpointId="receiver", state="delivered")["items"]:
            if time.monotonic() > deadline:
                self.faults.append("no delivery was recorded")
                return


def show(description):
    """Returns what was not as it is described."""
    shapes = Shapes(description)
    receiver = Receiver()
    shapes.call("putWebhookEndpoint", id="receiver", url=receiver.url, eventTypes=["*"])
    shapes.expect("a delivery", shapes.call("testWebhookEndpoint", id="receiver").get("statusCode") == 200)
    shapes.late_usage()
    shapes.invoices()
    shapes.webhooks(receiver)
    shapes.call("putWebhookEndpoint", id="receiver", url=receiver.url, eventTypes=["*"], enabled=False)
    return shapes.faults
