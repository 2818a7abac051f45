// One call, from its entry to the transport and back, beside an async export that awaits one promise.
// The transports answer at once, so that what is measured is the module. Rounds of all three take
// turns, and each figure is the median of its rounds.

import { readFile } from 'node:fs/promises';
import { median } from './median.mjs';
import { configure, default as wmpfVoip } from '../pkg/node.mjs';
import { createGlue } from '../target/bench/glue.js';

const ROUNDS = 15;
const CALLS = 4000;

const request = {
  roomType: 'video',
  caller: { id: 'SN-DOOR-0001', name: '拨打方名字' },
  listener: { id: 'oListener0000000000000000000', name: '接听方名字' },
  businessType: 1,
  voipToken: 'x'.repeat(200),
  miniprogramState: 'developer',
};
const answer = JSON.stringify({
  roomId: 'wxf830863afde621ebWmpfVoip112343434123434',
  chargeType: 'duration',
});

async function loadFloor() {
  const bytes = await readFile(new URL('../target/bench/bench_floor_bg.wasm', import.meta.url));
  const glue = createGlue();
  const { instance } = await WebAssembly.instantiate(bytes, { glue: glue.imports });
  glue.__wbg_set_wasm(instance.exports);
  return glue.floor;
}

const hosts = {
  wx: { fetch: undefined, wx: { request: (o) => o.success({ statusCode: 201, data: answer }) } },
  fetch: { wx: undefined, fetch: async () => ({ status: 201, text: async () => answer }) },
};

async function perCall(call) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < CALLS; i++) await call();
  return Number(process.hrtime.bigint() - start) / CALLS / 1000;
}

export async function measureCalls() {
  const floor = await loadFloor();
  configure({ endpoint: 'http://127.0.0.1:9', token: 't'.repeat(200) });
  const micros = { floor: [], wx: [], fetch: [] };
  for (let round = 0; round < ROUNDS; round++) {
    micros.floor.push(await perCall(() => floor(Promise.resolve(round))));
    for (const host of ['wx', 'fetch']) {
      configure(hosts[host]);
      await wmpfVoip.initByCaller(request);
      micros[host].push(await perCall(() => wmpfVoip.initByCaller(request)));
    }
  }
  const base = median(micros.floor);
  console.log('one call, entry to transport and back (median of rounds)');
  for (const [name, values] of Object.entries(micros)) {
    const value = median(values);
    console.log(`  ${name.padEnd(6)} ${value.toFixed(2)} us   ${(value / base).toFixed(2)} x floor`);
  }
}
