// A server for webhooks: every request is checked, and each action is handled once, whatever is sent twice.
import { createServer } from 'node:http';
import { isGenuine } from './detent.mjs';

/** Starts on `port` (0: a free one). `handle(action)` may throw: then Detent sends the action again. */
export function serve({ port, secret, handle }) {
  // A real adapter keeps these where they outlive it, in one transaction with what it does.
  const handled = new Set();
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    if (!isGenuine(secret, request.headers, body)) return response.writeHead(401).end();
    try {
      const action = JSON.parse(body.toString());
      if (!handled.has(action.actionId)) {
        await handle(action);
        handled.add(action.actionId);
      }
      response.writeHead(204).end();
    } catch (error) {
      console.error(error.message);
      response.writeHead(503).end();
    }
  });
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () =>
      resolve({ url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() }),
    );
  });
}
