// A directory of one test, removed with it.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @returns {Promise<{ path: string, remove(): Promise<void> }>} */
export async function temporaryDirectory() {
  const path = await mkdtemp(join(tmpdir(), 'wmpf-voip-'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}
