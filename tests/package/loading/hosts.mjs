// The addresses that the scenario calls: the real service, and three that are not it.

import { startService } from '../../support/service.mjs';
import { closedEndpoint, serveLoginPage, serveSilence } from '../../support/servers.mjs';

export async function startHosts() {
  const started = [];
  const stop = async () => {
    await Promise.all(started.map((server) => server.stop()));
  };
  try {
    for (const start of [startService, serveLoginPage, serveSilence]) started.push(await start());
    const [service, loginPage, silent] = started;
    const { handsets } = await service.demo();
    const addresses = {
      endpoint: service.endpoint,
      closed: await closedEndpoint(),
      silent: silent.endpoint,
      loginPage: loginPage.endpoint,
      handsets,
    };
    return { addresses, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
