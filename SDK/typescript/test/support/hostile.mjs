import { once } from "node:events";
import { Agent, createServer, request as send } from "node:http";

/** What is done to a request before the server sees it, and to the answer after it did. */
const before = ["refuse", "stall", "busy", "unavailable", "broken", "cutRequest", "close"];
const after = ["loseAnswer", "cutAnswer", "garble", "stallAnswer"];

export const hostilities = [...before, ...after];

/**
 * A proxy that treats about every second request badly.
 *
 * @param random - decides, request by request.
 */
export async function startHostile(target, random) {
  const agent = new Agent({ keepAlive: true });
  const counts = Object.fromEntries(["pass", ...hostilities].map((kind) => [kind, 0]));
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();

  const failures = {
    refuse: (request) => request.socket.destroy(),
    stall: () => undefined,
    busy: (_, response) => fail(response, 429, ["0", new Date().toUTCString(), "1"][pick(9) >> 2]),
    unavailable: (_, response) => fail(response, 503, pick(2) ? "0" : undefined),
    broken: (_, response) => fail(response, 500),
    cutRequest: (request) => request.once("data", () => request.socket.destroy()),
    close(request) {
      request.socket.destroy();
      if (!server.listening) return;
      server.closeAllConnections();
      server.close(() => setTimeout(() => server.listen(port, "127.0.0.1"), 20));
    },
  };
  const mishaps = {
    pass: (_, response, answer) => response.writeHead(answer.status, json).end(answer.bytes),
    loseAnswer: (request) => request.socket.destroy(),
    cutAnswer(request, response, { bytes }) {
      response.writeHead(200, { ...json, "content-length": bytes.length });
      response.write(bytes.subarray(0, bytes.length / 2), () => request.socket.destroy());
    },
    garble: (_, response) => response.writeHead(pick(2) ? 200 : 502).end("<html>oops</html>"),
    stallAnswer: () => undefined,
  };
  const json = { "content-type": "application/json" };
  const pick = (count) => Math.floor(random() * count);

  server.on("request", async (request, response) => {
    response.on("error", () => undefined);
    const kind = random() < 0.5 ? "pass" : hostilities[pick(hostilities.length)];
    counts[kind] += 1;
    if (failures[kind]) return failures[kind](request, response);
    try {
      mishaps[kind](request, response, await forward(request, target, agent));
    } catch {
      request.socket.destroy(); // the client gave up, or the proxy closed meanwhile
    }
  });

  return {
    url: `http://127.0.0.1:${port}`,
    counts,
    stop() {
      agent.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}

function fail(response, status, retryAfter) {
  response.writeHead(status, retryAfter === undefined ? {} : { "retry-after": retryAfter });
  response.end();
}

async function forward(request, target, agent) {
  const { method, headers } = request;
  const onward = send(target + request.url, { method, headers, agent });
  request.pipe(onward);
  const [answer] = await once(onward, "response");
  const chunks = [];
  for await (const chunk of answer) chunks.push(chunk);
  return { status: answer.statusCode, bytes: Buffer.concat(chunks) };
}
