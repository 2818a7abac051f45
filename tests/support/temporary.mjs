// A directory of one test, removed with it, or with the process if that ends before.

import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const REMOVE = { recursive: true, force: true, maxRetries: 3 };

const left = new Set();
process.on('exit', () => {
  for (const path of left) rmSync(path, REMOVE);
});

/**
 * @param {string} [within] the directory that it is made in
 * @returns {Promise<{ path: string, remove(): Promise<void> }>}
 */
export async function temporaryDirectory(within = tmpdir()) {
  const path = await mkdtemp(join(within, 'wmpf-voip-'));
  left.add(path);
  const remove = async () => {
    await rm(path, REMOVE);
    left.delete(path);
  };
  return { path, remove };
}
