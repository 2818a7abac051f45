// deploy/Dockerfile, without an engine for containers: what its commands rely on.

import '../support/rejections.mjs';

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, readFile } from 'node:fs/promises';
import { join, basename } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';

import { installed } from '../support/installed.mjs';
import { ROOT, SERVER } from '../support/paths.mjs';
import { startService } from '../support/service.mjs';
import { temporaryDirectory } from '../support/temporary.mjs';

const run = promisify(execFile);
const ADDRESS = '127.0.0.1/8787';

const read = (name) => readFile(join(ROOT, 'deploy', name), 'utf8');
/** A line of the file that goes on in the next one is one line. */
const dockerfile = (await read('Dockerfile')).replaceAll('\\\n', ' ');

describe('the Dockerfile', { timeout: 60_000 }, () => {
  it('copies what cargo needs', async () => {
    const [all, ...kept] = (await read('Dockerfile.dockerignore')).split('\n').filter((line) => /^[*!]/.test(line));
    assert.equal(all, '*');
    const names = kept.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    const unwanted = kept.filter((line) => line.startsWith('**/')).map((line) => line.slice(3));
    const directory = await temporaryDirectory();
    try {
      for (const name of names.filter((name) => !name.includes('*')))
        await cp(join(ROOT, name), join(directory.path, name), {
          recursive: true,
          filter: (path) => !unwanted.includes(basename(path)),
        });
      const args = ['metadata', '--locked', '--offline', '--no-deps', '--format-version', '1'];
      const { stdout } = await run('cargo', args, { cwd: directory.path, maxBuffer: 2 ** 24 });
      const server = JSON.parse(stdout).packages.find(({ name }) => name === 'wmpf-voip-server');
      assert.ok(server.manifest_path.endsWith(join('server', 'Cargo.toml')));
      assert.match(dockerfile, /cargo install --locked --path server /);
    } finally {
      await directory.remove();
    }
  });

  it('compiles with the oldest Rust that is supported', async () => {
    const manifest = await readFile(join(ROOT, 'Cargo.toml'), 'utf8');
    const [, version] = manifest.match(/^rust-version = "(.*)"$/m);
    assert.ok(dockerfile.includes(`FROM rust:${version}-slim-bookworm AS build`));
  });

  it('sets what the service knows', async () => {
    const { stdout: help } = await run(SERVER, ['--help']);
    const names = dockerfile.match(/WMPF_VOIP_\w+(?==)/g);
    assert.deepEqual(names, ['WMPF_VOIP_LISTEN', 'WMPF_VOIP_DATA']);
    for (const name of names) assert.ok(help.includes(`[env: ${name}=`), name);
  });

  it('has a check that tells a service that answers from one that does not', { skip: !installed('bash') }, async () => {
    const [, command] = dockerfile.match(/HEALTHCHECK .* CMD (\[.*\])/);
    const [program, ...args] = JSON.parse(command);
    const service = await startService();
    const { hostname, port } = new URL(service.endpoint);
    assert.ok(args.at(-1).includes(ADDRESS));
    const check = () =>
      run(
        program,
        args.map((arg) => arg.replace(ADDRESS, `${hostname}/${port}`)),
      );
    try {
      await check();
    } finally {
      await service.stop();
    }
    await assert.rejects(check());
  });
});
