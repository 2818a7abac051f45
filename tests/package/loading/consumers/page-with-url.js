// For bundlers that give every file a name of their own: the bundler says where it put the wasm.
import * as wmpfVoip from 'wmpf-voip';
import wasmUrl from 'wmpf-voip/wmpf_voip_bg.wasm';
import { runScenario } from './scenario.mjs';

window.run = async (hosts) => {
  const before = window.sideEffects();
  await wmpfVoip.init(wasmUrl);
  const report = await runScenario(wmpfVoip, hosts);
  return { ...report, afterImport: before };
};
