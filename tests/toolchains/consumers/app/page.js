// A page's own script; the test calls `run` when the page is there. `wasm` is for a page that says where it is.
import * as wmpfVoip from 'wmpf-voip';
import { runScenario } from './scenario.mjs';

window.run = async (hosts, wasm) => {
  if (wasm) await wmpfVoip.init(wasm);
  return runScenario(wmpfVoip, hosts);
};
