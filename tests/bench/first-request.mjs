// How long a fresh Node process needs from `import` to the first request sent, beside sip.js. Processes
// of both take turns, and each figure is the median.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './median.mjs';

const RUNS = 15;

export function measureFirstRequest() {
  const millis = { 'wmpf-voip': [], 'sip.js': [] };
  for (let run = 0; run < RUNS; run++) {
    millis['wmpf-voip'].push(inFreshProcess('wmpf-voip.mjs'));
    millis['sip.js'].push(inFreshProcess('sip.mjs'));
  }
  const base = median(millis['sip.js']);
  console.log('import to first request, fresh Node process (median of runs)');
  for (const [name, values] of Object.entries(millis)) {
    const value = median(values);
    console.log(`  ${name.padEnd(10)} ${value.toFixed(1)} ms   ${(value / base).toFixed(2)} x sip.js`);
  }
}

function inFreshProcess(script) {
  const path = fileURLToPath(new URL(`./first-request/${script}`, import.meta.url));
  return Number(execFileSync(process.execPath, [path], { encoding: 'utf8' }));
}
