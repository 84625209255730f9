import { once } from "node:events";
import { createServer } from "node:http";

/**
 * A server that answers as a function says, and keeps what it was asked.
 *
 * @param answer - takes the request (its body read as JSON) and how many came before; gives
 *   `{ status, headers, body }`, or nothing to cut the connection.
 */
export async function startScripted(answer) {
  const requests = [];
  let connections = 0;
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const { url, headers } = request;
    const isText = headers["content-encoding"] === undefined;
    const seen = { url, headers, bytes, body: isText ? JSON.parse(bytes) : undefined };
    requests.push(seen);
    const scripted = await answer(seen, requests.length - 1);
    if (!scripted) return response.destroy();
    const { status = 200, body, headers: more = {} } = scripted;
    response.writeHead(status, { "content-type": "application/json", ...more });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  server.on("connection", () => (connections += 1));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    get connections() {
      return connections;
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The answer to a batch of which every event is accepted. */
export const allAccepted = ({ body }) => ({
  body: {
    accepted: body.events.length, duplicates: 0, conflicts: 0, rejected: 0, unbilled: 0,
    results: [],
  },
});

/** A promise, and what resolves it. */
export function deferred() {
  let resolve;
  const promise = new Promise((done) => (resolve = done));
  return { promise, resolve };
}
