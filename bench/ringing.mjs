// From the request that makes a call until its reminder has arrived, at rest and under load, beside the same flow in a
// plain Node server (ringing/baseline) and beside a server in Rust that checks nothing (ringing/bare). The same program makes
// the load for all, on the same machine; rounds take turns, each with a fresh server and a fresh file, and the samples of
// all rounds are put together.

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'node:process';
import { promisify } from 'node:util';

import { temporaryDirectory } from '../tests/support/temporary.mjs';
import { startBare, startBaseline, startOurs } from './ringing/servers.mjs';

const ROUNDS = 3;
const REST_MS = 2_000;
const LOAD_MS = 5_000;
/** How many listeners are called at the same time under load. */
const CALLERS = 128;

const LOAD = env.WMPF_VOIP_BENCH_RINGING ?? 'target/release/bench-ringing';

export async function measureRinging() {
  const samples = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, start] of Object.entries({ 'wmpf-voip': startOurs, bare: startBare, node: startBaseline })) {
      const server = await start(CALLERS + 1);
      try {
        // Each has listeners of its own: what still rings would be told again to one that comes back.
        const [alone, ...callers] = server.plan.callers;
        for (const [load, called, millis] of [
          ['at rest', [alone], REST_MS],
          ['under load', callers, LOAD_MS],
        ]) {
          const measured = await run({ ...server.plan, callers: called, millis });
          const all = ((samples[load] ??= {})[name] ??= { elapsed: 0, answered: [], rang: [] });
          all.elapsed += measured.elapsed;
          all.answered.push(...measured.answered);
          all.rang.push(...measured.rang);
        }
      } finally {
        await server.stop();
      }
    }
  }
  for (const [load, servers] of Object.entries(samples)) print(load, servers);
}

function print(load, servers) {
  const callers = load === 'at rest' ? 'one caller' : `${CALLERS} callers`;
  console.log(`calls that ring, ${load} (${callers}, ${ROUNDS} rounds)`);
  const figures = ({ elapsed, answered, rang }) => ({
    perSecond: (rang.length / elapsed) * 1e6,
    answered: percentiles(answered),
    rang: percentiles(rang),
  });
  const [node, bare] = [figures(servers.node), figures(servers.bare)];
  for (const [name, all] of Object.entries(servers)) {
    const { perSecond, answered, rang } = figures(all);
    const ratio = (value, other) => `${(value / other).toFixed(2)} x`;
    console.log(
      `  ${name.padEnd(9)} ${perSecond.toFixed(0).padStart(6)}/s`,
      `(${ratio(perSecond, node.perSecond)} node, ${((perSecond / bare.perSecond) * 100).toFixed(0)} % of bare)`,
      `  answered p50 ${millis(answered.p50)} p99 ${millis(answered.p99)}`,
      `  rang p50 ${millis(rang.p50)} (${ratio(rang.p50, node.rang.p50)})`,
      `p99 ${millis(rang.p99)} (${ratio(rang.p99, node.rang.p99)})`,
    );
  }
}

const millis = (micros) => `${(micros / 1000).toFixed(2)} ms`;

function percentiles(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  return { p50: at(0.5), p99: at(0.99) };
}

async function run(plan) {
  const directory = await temporaryDirectory();
  try {
    const path = join(directory.path, 'plan.json');
    await writeFile(path, JSON.stringify(plan));
    const { stdout } = await promisify(execFile)(LOAD, [path], { maxBuffer: 1 << 28 });
    return JSON.parse(stdout);
  } finally {
    await directory.remove();
  }
}
