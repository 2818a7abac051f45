// A page's own script; the test calls `run` when the page is there.
import * as wmpfVoip from 'wmpf-voip';
import { runScenario } from './scenario.mjs';

window.run = (hosts) => runScenario(wmpfVoip, hosts);
