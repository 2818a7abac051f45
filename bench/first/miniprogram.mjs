// In a host of mini-programs: `request` loads the package's entry and calls, `ready` loads it and its wasm, `wasm`
// instantiates the wasm and nothing else.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, Script } from 'node:vm';

import { DIST, IN_APP, pathOnlyWebAssembly } from '../../tests/miniprogram/hosts/code-package.mjs';

const [what] = process.argv.slice(2);
const WXWebAssembly = pathOnlyWebAssembly();
const source = readFileSync(join(DIST, 'index.js'), 'utf8');

// Both have a context, and neither has its making on the clock.
const module = { exports: {} };
// Nobody answers, and a call would wait for that.
const done = () => process.stdout.write(`${performance.now() - start}`, () => process.exit());
const wx = { request: done };
const context = createContext({ setTimeout, clearTimeout, WXWebAssembly, wx, module, exports: module.exports });
const start = performance.now();

if (what === 'wasm') {
  // Whatever it imports: none of it is called.
  const nothing = new Proxy({}, { get: () => () => {} });
  await WXWebAssembly.instantiate(`${IN_APP}wmpf_voip_bg.wasm.br`, { glue: nothing });
  done();
} else {
  new Script(`(() => {${source}\n})()`).runInContext(context);
  const { default: wmpfVoip, configure, init } = module.exports;
  configure({ endpoint: 'http://127.0.0.1:9', token: 't' });
  if (what === 'ready') {
    await init();
    done();
  } else {
    wmpfVoip.initByCaller({
      roomType: 'video',
      caller: { id: 'SN-DOOR-0001' },
      listener: { id: 'oListener0000000000000000000' },
      businessType: 1,
    });
  }
}
