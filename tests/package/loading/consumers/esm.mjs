import './before.js';
import wmpfVoip, * as names from 'wmpf-voip';
import { configure, init, check, explain, explainAbort } from 'wmpf-voip';
import { VoipError, VoipCgiError, VoipJoinError, VoipPluginError } from 'wmpf-voip';
import { runScenario } from './scenario.mjs';

const module = {
  default: wmpfVoip,
  configure,
  init,
  check,
  explain,
  explainAbort,
  VoipError,
  VoipCgiError,
  VoipJoinError,
  VoipPluginError,
};
const report = await runScenario(module, JSON.parse(process.env.HOSTS));
console.log(JSON.stringify({ report, names: Object.keys(names) }));
