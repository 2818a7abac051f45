// The package as a user gets it: packed by npm, installed by npm, into a project that is thrown away.

import { execFile } from 'node:child_process';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { PKG } from './paths.mjs';
import { temporaryDirectory } from './temporary.mjs';

const NPM_MS = 60_000;
const run = promisify(execFile);

// On Windows npm is a script, which only a shell can start.
const npm = (args, cwd) =>
  run('npm', args, { cwd, timeout: NPM_MS, shell: process.platform === 'win32' });

/** @returns {Promise<{ tarball: string, files: string[] }>} */
async function pack(directory) {
  const { stdout } = await npm(['pack', '--json', '--pack-destination', directory], PKG);
  // Newer versions of npm give an object with the package's name as its key.
  const [packed] = Object.values(JSON.parse(stdout));
  return {
    tarball: join(directory, packed.filename),
    files: packed.files.map(({ path }) => path).sort(),
  };
}

/**
 * A project that has the packed package installed.
 * @param {string} [sources] a directory whose content is copied into it
 * @param {string} [within] the directory that it is made in: there, it finds the packages of that directory, too
 * @returns {Promise<{ path: string, tarball: string, installed: string, files: string[], run(args: string[], env?: object): Promise<string>, remove(): Promise<void> }>}
 */
export async function createProject(sources, within) {
  const directory = await temporaryDirectory(within);
  const { path } = directory;
  try {
    const { tarball, files } = await pack(path);
    await writeFile(join(path, 'package.json'), '{ "private": true }\n');
    const flags = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund'];
    await npm(['install', ...flags, tarball], path);
    if (sources) await cp(sources, path, { recursive: true });
    return {
      path,
      tarball,
      files,
      installed: join(path, 'node_modules/wmpf-voip'),
      run: async (args, env) => {
        const options = { cwd: path, timeout: NPM_MS, env: { ...process.env, ...env } };
        return (await run(process.execPath, args, options)).stdout;
      },
      remove: directory.remove,
    };
  } catch (error) {
    await directory.remove();
    throw error;
  }
}
