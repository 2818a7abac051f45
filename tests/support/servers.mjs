// Small HTTP servers on loopback: one that serves files, and the neighbours of the room service that a
// caller may reach by mistake.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** A page elsewhere may read the answer: what is tested is the answer, not the browser's policy. */
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*, authorization',
  'access-control-allow-methods': '*',
};

/** @returns {Promise<{ endpoint: string, stop(): Promise<void> }>} */
export async function serve(handler) {
  const server = createServer(handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { endpoint: `http://127.0.0.1:${server.address().port}`, stop };
}

/** Serves a directory; keeps the paths that were asked for. `place` says where in it a path is. */
export async function serveFiles(directory, place = (path) => path) {
  const requests = [];
  const server = await serve(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    requests.push(pathname);
    const file = join(directory, normalize(pathname === '/' ? '/index.html' : place(pathname)));
    try {
      const body = await readFile(file);
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  return { ...server, requests };
}

/** A captive portal: whatever is asked, a page to log in is the answer. */
export const serveLoginPage = () =>
  serve((request, response) => {
    request.resume();
    const status = request.method === 'OPTIONS' ? 204 : 200;
    response.writeHead(status, { ...CORS, 'content-type': 'text/html' });
    response.end(status === 200 ? '<!doctype html><title>Log in</title>' : undefined);
  });

/** It takes every request and answers none. */
export const serveSilence = () => serve((request) => request.resume());

/** An address that refuses connections: its port was free a moment ago. */
export async function closedEndpoint() {
  const { endpoint, stop } = await serve(() => {});
  await stop();
  return endpoint;
}
