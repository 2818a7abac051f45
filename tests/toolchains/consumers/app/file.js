// A page that has the wasm as a file, whatever its bundler takes by itself.
import * as wmpfVoip from 'wmpf-voip/file';
import { runScenario } from './scenario.mjs';

window.run = (hosts) => runScenario(wmpfVoip, hosts);
