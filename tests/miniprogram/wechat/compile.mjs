// Runs WeChat's compiler on a project.

import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { PKG } from '../../support/paths.mjs';
import { temporaryDirectory } from '../../support/temporary.mjs';

const COMPILE_MS = 120_000;
const COMPILER = fileURLToPath(new URL('compile.cjs', import.meta.url));

/**
 * @param {'miniProgram' | 'miniProgramPlugin'} type
 * @param {string} project
 * @param {string} out where its files are put
 */
export async function compile(type, project, out) {
  const key = join(out, '../key.pem');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(key, privateKey.export({ type: 'pkcs1', format: 'pem' }));
  // It leaves a folder in the directory that it runs in.
  const directory = await temporaryDirectory();
  try {
    const options = { cwd: directory.path, timeout: COMPILE_MS };
    await promisify(execFile)(process.execPath, [COMPILER, type, project, key, out], options);
  } finally {
    await directory.remove();
  }
}

/** Whose plugin it is in these tests. */
export const APPID = 'wxde00000000000002';
const PLACEHOLDER = 'wx0000000000000000';

/**
 * The plugin's project as a maker takes it from the package: copied, with an appid of his own, compiled.
 * @returns {Promise<{ source: string, out: string, remove(): Promise<void> }>}
 */
export async function compiledPlugin() {
  const directory = await temporaryDirectory();
  const [source, out] = ['source', 'out'].map((name) => join(directory.path, name));
  try {
    await cp(join(PKG, 'plugin'), source, { recursive: true });
    for (const name of ['project.config.json', 'miniprogram/app.json']) {
      const file = join(source, name);
      await writeFile(file, (await readFile(file, 'utf8')).replaceAll(PLACEHOLDER, APPID));
    }
    await compile('miniProgramPlugin', source, out);
    return { source, out, remove: directory.remove };
  } catch (error) {
    await directory.remove();
    throw error;
  }
}

/** The files below a directory whose names end so. */
export async function filesOf(directory, ending) {
  const names = await readdir(directory, { recursive: true });
  return names.filter((name) => name.endsWith(ending)).map((name) => join(directory, name));
}
