// A headless Firefox with a fresh profile, driven by WebDriver BiDi: a camera and a microphone that are fakes, which pages may
// use, and the browser's own rules of what plays without a tap.

import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { WebSocket } from 'ws';

import { within } from '../../support/bounded.mjs';
import { installed } from '../../support/installed.mjs';
import { temporaryDirectory } from '../../support/temporary.mjs';

const START_MS = 60_000;
/** How long it may take to answer, and a page to become what a test waits for. */
const WAIT_MS = 30_000;
const POLL_MS = 100;

const PREFERENCES = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  // The machine may have no other network.
  'media.peerconnection.ice.loopback': true,
  'app.update.disabledForTesting': true,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
};

/** The program, if it is installed. */
export const FIREFOX = installed('firefox-esr', 'firefox');

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export async function startFirefox() {
  const profile = await temporaryDirectory();
  const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${value});\n`);
  await writeFile(join(profile.path, 'user.js'), lines.join(''));
  const flags = ['--headless', '--no-remote', '--profile', profile.path, '--remote-debugging-port', '0'];
  const child = spawn(FIREFOX, flags, { stdio: ['ignore', 'ignore', 'pipe'] });
  running.add(child);
  const ended = new Promise((resolve) => child.once('close', resolve));
  ended.then(() => running.delete(child));
  async function stop() {
    child.kill('SIGKILL');
    await ended;
    await profile.remove();
  }
  const log = [];
  try {
    const address = await within(listening(child, log), START_MS, 'Firefox listens');
    const session = await connect(`${address}/session`);
    await session.ask('session.new', { capabilities: {} });
    await session.ask('session.subscribe', { events: ['log.entryAdded'] });
    return { openPage: () => openPage(session), stop };
  } catch (error) {
    await stop();
    throw new Error(`Firefox did not start:\n${log.join('\n')}`, { cause: error });
  }
}

function listening(child, log) {
  return new Promise((resolve, reject) => {
    const reader = createInterface({ input: child.stderr });
    reader.on('line', (line) => {
      log.push(line);
      const address = line.match(/^WebDriver BiDi listening on (ws:\S+)/)?.[1];
      if (address) resolve(address);
    });
    reader.on('close', () => reject(new Error('the program ended')));
  });
}

/** `ask` sends a command and gives its result; `onEntry` hears what pages log. */
async function connect(address) {
  const socket = new WebSocket(address);
  await within(
    new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject)),
    START_MS,
    'Firefox takes a connection',
  );
  const asked = new Map();
  const heard = new Set();
  let ids = 0;
  socket.on('message', (data) => {
    const message = JSON.parse(data);
    if (message.type === 'event') {
      for (const listener of heard) listener(message.params);
      return;
    }
    const { resolve, reject } = asked.get(message.id);
    asked.delete(message.id);
    if (message.type === 'success') resolve(message.result);
    else reject(new Error(`${message.error}: ${message.message}`));
  });
  return {
    onEntry: (listener) => heard.add(listener),
    ask(method, params) {
      ids += 1;
      const id = ids;
      const answer = new Promise((resolve, reject) => asked.set(id, { resolve, reject }));
      socket.send(JSON.stringify({ id, method, params }));
      return within(answer, WAIT_MS, method);
    },
  };
}

/** A page in a window of its own: one in the background is slowed down. It collects what went wrong in it. */
async function openPage(session) {
  const { context } = await session.ask('browsingContext.create', { type: 'window' });
  const problems = [];
  session.onEntry(({ level, text, source }) => {
    if (level === 'error' && source.context === context) problems.push(text);
  });

  /** Evaluates a function there, without the rights that a tap gives. What it gives has to be JSON. */
  async function evaluate(evaluated, ...values) {
    const call = `(${evaluated})(...${JSON.stringify(values)})`;
    const expression = `Promise.resolve(${call}).then((value) => JSON.stringify(value))`;
    const target = { context };
    const said = await session.ask('script.evaluate', {
      expression,
      target,
      awaitPromise: true,
      userActivation: false,
    });
    if (said.type === 'exception') throw new Error(said.exceptionDetails.text);
    return said.result.value === undefined ? undefined : JSON.parse(said.result.value);
  }

  const loaded = { context, wait: 'complete' };
  return {
    problems,
    evaluate,
    goto: (url) => session.ask('browsingContext.navigate', { ...loaded, url }),
    reload: () => session.ask('browsingContext.reload', loaded),
    close: () => session.ask('browsingContext.close', { context }),
    /** Polls until `look` gives something true there, and gives that. */
    async until(what, look, ...values) {
      for (const end = Date.now() + WAIT_MS; Date.now() < end; ) {
        const seen = await evaluate(look, ...values);
        if (seen) return seen;
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
      throw new Error(`not within ${WAIT_MS} ms: ${what}`);
    },
    /** A tap of the user's, in the middle of an element. */
    async tap(selector) {
      const at = await evaluate((selector) => {
        const { left, top, width, height } = document.querySelector(selector).getBoundingClientRect();
        return { x: Math.round(left + width / 2), y: Math.round(top + height / 2) };
      }, selector);
      const actions = [
        { type: 'pointerMove', ...at },
        { type: 'pointerDown', button: 0 },
        { type: 'pointerUp', button: 0 },
      ];
      await session.ask('input.performActions', { context, actions: [{ type: 'pointer', id: 'mouse', actions }] });
    },
  };
}
