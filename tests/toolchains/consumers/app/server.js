// A server's own script, which runs the scenario when it is asked to.
import './before.js';
import * as wmpfVoip from 'wmpf-voip';
import { runScenario } from './scenario.mjs';

runScenario(wmpfVoip, JSON.parse(process.env.HOSTS)).then((report) => console.log(JSON.stringify(report)));
