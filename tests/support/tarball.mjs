// The package as a user gets it: packed by npm, installed by npm, into a project that is thrown away.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, readdir, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';

import { PKG, ROOT, TARBALL } from './paths.mjs';
import { temporaryDirectory } from './temporary.mjs';

const NPM_MS = 60_000;
/** Where the last build has installed the package: npm takes seconds of a processor, and many tests want a project. */
const INSTALLED = join(ROOT, 'target/installed');
const run = promisify(execFile);

// On Windows npm is a script, which only a shell can start.
const npm = (args, cwd) => run('npm', args, { cwd, timeout: NPM_MS, shell: process.platform === 'win32' });

/** A tarball of `pkg/`, or the one that is to be published. */
async function pack(directory) {
  if (TARBALL) return TARBALL;
  const { stdout } = await npm(['pack', '--pack-destination', directory], PKG);
  return join(directory, stdout.trim());
}

/** Makes an empty directory a project that has the package installed; gives the tarball. */
export async function install(directory) {
  const tarball = await pack(directory);
  await writeFile(join(directory, 'package.json'), '{ "private": true }\n');
  const flags = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  await npm(['install', ...flags, tarball], directory);
  return tarball;
}

async function copyInstalled(directory) {
  await cp(INSTALLED, directory, { recursive: true });
  const names = await readdir(directory);
  return join(
    directory,
    names.find((name) => name.endsWith('.tgz')),
  );
}

/** The files of a directory and below it, as a tarball names them. */
async function filesOf(directory) {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  const paths = files.map((entry) => relative(directory, join(entry.parentPath ?? entry.path, entry.name)));
  return paths.map((path) => path.split(sep).join('/')).sort();
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
    const tarball = await (!TARBALL && existsSync(INSTALLED) ? copyInstalled(path) : install(path));
    if (sources) await cp(sources, path, { recursive: true });
    const installed = join(path, 'node_modules/wmpf-voip');
    return {
      path,
      tarball,
      files: await filesOf(installed),
      installed,
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
