// A proxy before the service: nginx or Caddy, the program itself, with the sample of deploy/. Only its name, ports, paths and
// what a test says are others than in the sample.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { within } from '../support/bounded.mjs';
import { installed } from '../support/installed.mjs';
import { ROOT } from '../support/paths.mjs';
import { temporaryDirectory } from '../support/temporary.mjs';

const START_MS = 20_000;

/** The name in the samples. */
const NAME = 'voip.example.com';

/** The line of each sample that lets the operator's own network in. It is a comment. */
const OPERATOR = '203.0.113.0/24';

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * @typedef {object} Setting
 * @property {string} directory of this run
 * @property {string} upstream address and port of the service
 * @property {number} https the port for clients
 * @property {number} http the port that only says where that is
 * @property {{ certificate: string, key: string }} files the certificate of `localhost`
 * @property {string} [operator] the address that may reach the operator's API
 */

/**
 * What differs between the two: the sample as it is tried, and how the program is started.
 * @type {Record<string, { program: string | undefined, sample: string, start(text: string, setting: Setting): Promise<string[]> }>}
 */
export const PROXIES = {
  nginx: {
    // Debian has it where only root's path leads.
    program: installed('nginx') ?? (existsSync('/usr/sbin/nginx') ? '/usr/sbin/nginx' : undefined),
    sample: 'deploy/nginx.conf',
    async start(sample, { directory, upstream, https, http, files, operator }) {
      let text = put(sample, '127.0.0.1:8787', upstream);
      text = put(text, 'listen 443 ', `listen 127.0.0.1:${https} `);
      text = put(text, 'listen 80;', `listen 127.0.0.1:${http};`);
      text = put(text, `/etc/letsencrypt/live/${NAME}/fullchain.pem`, files.certificate);
      text = put(text, `/etc/letsencrypt/live/${NAME}/privkey.pem`, files.key);
      text = put(text, NAME, 'localhost');
      // The socket of a call has its signs of life five times as often as that of reminders, for which the sample is made.
      text = text.replace(/(_timeout +)(\d+)s/g, (_, name, seconds) => `${name}${Number(seconds) * 200}ms`);
      if (operator) text = put(text, `# allow ${OPERATOR}`, `allow ${operator}`);
      await writeFile(join(directory, 'site.conf'), text);
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
      const lines = [
        'daemon off;',
        `pid ${directory}/pid;`,
        'worker_processes 1;',
        'events { worker_connections 256; }',
        'http {',
        '  access_log off;',
        ...temporary.map((name) => `  ${name}_temp_path ${directory}/${name};`),
        '  include site.conf;',
        '}',
      ];
      await writeFile(join(directory, 'nginx.conf'), `${lines.join('\n')}\n`);
      return ['-p', directory, '-c', 'nginx.conf', '-e', 'stderr'];
    },
  },
  Caddy: {
    program: installed('caddy'),
    sample: 'deploy/Caddyfile',
    async start(sample, { directory, upstream, https, http, files, operator }) {
      let text = put(sample, '127.0.0.1:8787', upstream);
      // Without a certificate, Caddy would ask Let's Encrypt for one.
      text = put(text, `${NAME} {\n`, `localhost {\n\ttls ${files.certificate} ${files.key}\n`);
      if (operator) text = put(text, `# not remote_ip ${OPERATOR}`, `not remote_ip ${operator}`);
      const options = ['admin off', 'default_bind 127.0.0.1', `https_port ${https}`, `http_port ${http}`];
      await writeFile(join(directory, 'Caddyfile'), `{\n\t${options.join('\n\t')}\n}\n${text}`);
      return ['run', '--config', join(directory, 'Caddyfile'), '--adapter', 'caddyfile'];
    },
  },
};

/** Puts another text in place of each `old`. One that is not there is an error. */
function put(text, old, value) {
  if (!text.includes(old)) throw new Error(`the sample has no '${old}'`);
  return text.replaceAll(old, value);
}

/**
 * Starts a proxy before a service, and resolves when it takes connections.
 * @param {string} name of `PROXIES`
 * @param {{ endpoint: string }} service
 * @param {{ certificate: string, key: string }} files the certificate of `localhost`
 * @param {string} [operator] the address that may reach the operator's API; none if it is left out
 * @returns {Promise<{ https: number, http: number, stop(): Promise<void> }>}
 */
export async function startProxy(name, service, files, operator) {
  const { program, sample, start } = PROXIES[name];
  const directory = await temporaryDirectory();
  const [https, http] = await freePorts(2);
  const upstream = new URL(service.endpoint).host;
  const text = await readFile(join(ROOT, sample), 'utf8');
  const setting = { directory: directory.path, upstream, https, http, files, operator };
  const args = await start(text, setting);
  const env = { ...process.env, HOME: directory.path, XDG_DATA_HOME: directory.path, XDG_CONFIG_HOME: directory.path };
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  running.add(child);
  const ended = once(child, 'close').then(() => running.delete(child));
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (more) => (log += more));
  }
  async function stop() {
    // nginx takes its workers with it.
    child.kill('SIGTERM');
    await within(ended, START_MS, `${name} stops`).finally(() => child.kill('SIGKILL'));
    await directory.remove();
  }
  const asking = new AbortController();
  const gone = ended.then(() => {
    throw new Error('the program ended');
  });
  try {
    await within(Promise.race([listens(https, asking.signal), gone]), START_MS, `${name} listens`);
  } catch (error) {
    await stop();
    throw new Error(`${name} did not start:\n${log}`, { cause: error });
  } finally {
    asking.abort();
  }
  return { https, http, stop };
}

/** Ports that were free a moment ago. */
async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => server.address().port);
  for (const server of servers) server.close();
  return ports;
}

/** Asks until the port takes a connection, or nobody wants to know any more. */
async function listens(port, signal) {
  while (!signal.aborted) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch {
      await pause(50);
    } finally {
      socket.destroy();
    }
  }
}
