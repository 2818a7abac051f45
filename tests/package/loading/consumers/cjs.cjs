require('./before.js');
const module_ = require('wmpf-voip');
const wmpfVoip = require('wmpf-voip').default;

async function main() {
  const { runScenario } = await import('./scenario.mjs');
  const report = await runScenario({ ...module_, default: wmpfVoip }, JSON.parse(process.env.HOSTS));
  console.log(JSON.stringify({ report, names: Object.keys(module_).sort() }));
}

main();
