// Figures of what happens once in a process: each run has one of its own. The programs take turns, and each
// figure is the median.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './median.mjs';

const RUNS = 15;

/** Prints milliseconds, and the ratio to the last of the programs, each of which prints its own. */
export function measureInFreshProcesses(title, programs) {
  const millis = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
  for (let run = 0; run < RUNS; run++) {
    for (const [name, args] of Object.entries(programs)) millis[name].push(inFreshProcess(args));
  }
  const baseline = Object.keys(programs).at(-1);
  const base = median(millis[baseline]);
  console.log(`${title} (median of ${RUNS} fresh processes)`);
  for (const [name, values] of Object.entries(millis)) {
    const value = median(values);
    console.log(`  ${name.padEnd(26)} ${value.toFixed(1)} ms   ${(value / base).toFixed(2)} x ${baseline}`);
  }
}

function inFreshProcess([script, ...args]) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return Number(execFileSync(process.execPath, [path, ...args], { encoding: 'utf8' }));
}
