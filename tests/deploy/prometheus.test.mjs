// deploy/ for Prometheus: its rules and the queries of the dashboard, run by Prometheus itself on a service with calls.

import '../support/rejections.mjs';

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { within } from '../support/bounded.mjs';
import { installed } from '../support/installed.mjs';
import { closeAll, createParty } from '../support/party.mjs';
import { ROOT } from '../support/paths.mjs';
import { startService } from '../support/service.mjs';
import { temporaryDirectory } from '../support/temporary.mjs';

const PROMETHEUS = installed('prometheus');
const DEADLINE_MS = 30_000;
/** The samples' address of the metrics. */
const SAMPLE = '127.0.0.1:9787';

const read = (name) => readFile(join(ROOT, 'deploy', name), 'utf8');

/** A port that was free a moment ago. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Prometheus with the samples, which asks each second and waits for nothing before it raises an alarm. */
async function startPrometheus(directory, target) {
  const quick = (text) => text.replaceAll(/(_interval): 15s/g, '$1: 1s').replaceAll(/for: \d+m/g, 'for: 0s');
  const config = join(directory, 'prometheus.yml');
  await writeFile(config, quick(await read('prometheus.yml')).replace(SAMPLE, target));
  await writeFile(join(directory, 'alerts.yml'), quick(await read('alerts.yml')));
  const address = `127.0.0.1:${await freePort()}`;
  const flags = [`--config.file=${config}`, `--storage.tsdb.path=${join(directory, 'tsdb')}`];
  const child = spawn(PROMETHEUS, [...flags, `--web.listen-address=${address}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (data) => (log += data));
  const ended = once(child, 'close');
  return {
    log: () => log,
    async get(path, parameters = {}) {
      const response = await fetch(`http://${address}/api/v1/${path}?${new URLSearchParams(parameters)}`);
      const answer = await response.json();
      assert.equal(answer.status, 'success', JSON.stringify(answer));
      return answer.data;
    },
    async stop() {
      child.kill();
      await within(ended, DEADLINE_MS, 'Prometheus stops').finally(() => child.kill('SIGKILL'));
    },
  };
}

/** Asks again until the answer is one to be content with. */
async function until(ask, isRight, what) {
  const end = Date.now() + DEADLINE_MS;
  for (;;) {
    const answer = await ask().catch((error) => error);
    if (!(answer instanceof Error) && isRight(answer)) return answer;
    if (Date.now() > end) throw new Error(`${what}: ${JSON.stringify(answer)} ${answer}`);
    await pause(200);
  }
}

/** A call from its creation to its bill, and one that is refused. */
async function call(service) {
  const { handsets } = await service.demo();
  const parties = ['device', 'phone'].map((name) => createParty({ endpoint: service.endpoint }, handsets[name]));
  const [device, phone] = parties;
  await phone.listen();
  const request = {
    roomType: 'voice',
    businessType: 1,
    caller: { id: handsets.device.id },
    listener: { id: handsets.phone.id, name: 'Alice' },
    voipToken: handsets.device.deviceToken,
  };
  const result = await device.voip.initByCaller(request);
  device.open(device.voip.CALL_PAGE_PATH);
  const incoming = phone.open((await phone.reminded(result.roomId)).path);
  incoming.answer();
  await device.event('startVoip');
  incoming.hangUp();
  await device.event('finishVoip');
  assert.equal((await device.voip.initByCaller({ ...request, voipToken: 'none of ours' })).errCode, 13);
  closeAll();
}

describe('Prometheus', { timeout: 120_000, skip: PROMETHEUS ? false : 'it is not installed' }, () => {
  let directory;
  let service;
  let prometheus;

  before(async () => {
    directory = await temporaryDirectory();
    const target = `127.0.0.1:${await freePort()}`;
    service = await startService({ env: { WMPF_VOIP_METRICS_LISTEN: target } });
    prometheus = await startPrometheus(directory.path, target);
    await call(service);
  });

  after(async () => {
    await prometheus?.stop();
    await service?.stop();
    await directory?.remove();
  });

  it('reads the service', async () => {
    const targets = () => prometheus.get('targets');
    const { activeTargets } = await until(targets, (data) => data.activeTargets[0]?.health === 'up', 'it is up');
    assert.equal(activeTargets[0].labels.job, 'wmpf-voip');
    const ended = () => prometheus.get('query', { query: 'sum(wmpf_voip_calls_ended_total{outcome="hungUp"})' });
    const { result } = await until(ended, (data) => data.result.length > 0, 'the call is counted');
    assert.equal(result[0].value[1], '1');
  });

  it('knows every metric that the samples name', async () => {
    const named = new Set(
      `${await read('alerts.yml')} ${await read('dashboard.json')}`.match(/(?:wmpf_voip|process)_\w+/g),
    );
    assert.ok(named.size > 25, [...named].join());
    // What has not happened has no time series, and its metric is known all the same.
    const metadata = await until(
      () => prometheus.get('metadata'),
      (data) => 'wmpf_voip_ready' in data,
      'the metadata',
    );
    for (const name of named) {
      const family = name.replace(/_(bucket|sum|count)$/, '');
      assert.ok(name in metadata || family in metadata, name);
    }
  });

  it('evaluates every rule, and none of them raises an alarm while all is well', async () => {
    const rules = () => prometheus.get('rules');
    const evaluated = ({ groups }) => groups[0]?.rules.every(({ health }) => health === 'ok');
    const { groups } = await until(rules, evaluated, 'the rules are evaluated');
    assert.equal(groups[0].rules.length, (await read('alerts.yml')).match(/alert:/g).length);
    const raised = groups[0].rules.filter(({ state }) => state === 'firing').map(({ name }) => name);
    assert.deepEqual(raised, []);
  });

  it('answers every query of the dashboard', async () => {
    const { panels } = JSON.parse(await read('dashboard.json'));
    const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    assert.ok(queries.length > 20);
    for (const query of queries) await prometheus.get('query', { query: query.replaceAll('$__rate_interval', '30s') });
    const refusals = queries.find((query) => query.includes('refusals_total'));
    const counted = () => prometheus.get('query', { query: refusals.replaceAll('$__rate_interval', '30s') });
    await until(counted, ({ result }) => result.some(({ metric }) => metric.path === '/v1/calls'), refusals);
  });

  it('raises an alarm when the service is gone', async () => {
    await service.kill();
    const alerts = () => prometheus.get('alerts');
    const isRaised = (data) =>
      data.alerts.some(({ labels, state }) => labels.alertname === 'WmpfVoipDown' && state === 'firing');
    await until(alerts, isRaised, 'the alarm');
    await service.restart();
    await until(alerts, (data) => !isRaised(data), 'the end of the alarm');
  });
});
