// A page whose bundler leaves the wasm behind, after it was told so.
import * as wmpfVoip from 'wmpf-voip/inline';
import { runScenario } from './scenario.mjs';

window.run = (hosts) => runScenario(wmpfVoip, hosts);
