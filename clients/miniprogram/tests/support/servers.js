/* Servers that fail as real ones do: silent, gone, or busy for a while. */

const http = require("node:http");
const net = require("node:net");

const listening = (server) =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${server.address().port}`)));

/* Takes every connection and never answers. */
async function silent() {
  const held = new Set();
  const server = net.createServer((socket) => held.add(socket.on("error", () => {})));
  const url = await listening(server);
  return { url, close: () => (held.forEach((socket) => socket.destroy()), server.close()) };
}

/* An address where nothing listens. */
async function nobody() {
  const server = net.createServer();
  const url = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return url;
}

/* In front of the service: the first `times` calls get this status, the others are passed on. */
async function busy(service, { times, status = 503, retryAfter = "0" }) {
  let refused = 0;
  const server = http.createServer((request, response) => {
    if (refused < times) {
      refused += 1;
      request.resume();
      response.writeHead(status, { "content-type": "application/problem+json", "retry-after": retryAfter });
      response.end(JSON.stringify({ code: "service_unavailable", title: "服务正忙", detail: "", request_id: "b1", errors: [] }));
      return;
    }
    const onward = http.request(service + request.url, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  const url = await listening(server);
  return { url, refused: () => refused, close: () => (server.closeAllConnections(), server.close()) };
}

module.exports = { busy, nobody, silent };
