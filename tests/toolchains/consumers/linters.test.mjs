// What the linters of packages say of the tarball.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { createProject } from '../../support/tarball.mjs';

const TOOLS = fileURLToPath(new URL('node_modules', import.meta.url));
const LINT_MS = 60_000;

describe('the tarball has nothing to be complained of', { timeout: 120_000 }, () => {
  let project;
  before(async () => {
    project = await createProject();
  });
  after(() => project?.remove());

  /** What a tool prints; it fails where the tool finds something. */
  async function lint(program, args) {
    const options = { cwd: project.path, timeout: LINT_MS };
    const command = [join(TOOLS, program), project.tarball, ...args];
    return (await promisify(execFile)(process.execPath, command, options)).stdout;
  }

  it('by publint', async () => {
    assert.match(await lint('publint/src/cli.js', ['--strict']), /All good!/);
  });

  it('by Are the types wrong?', async () => {
    const wrong = async (...options) => {
      const said = await lint('@arethetypeswrong/cli/dist/index.js', [...options, '--format', 'json']);
      return JSON.parse(said).analysis;
    };
    // It takes every entry for JavaScript.
    const analysis = await wrong('--exclude-entrypoints', 'wmpf_voip_bg.wasm', 'webrtc');
    assert.deepEqual(analysis.problems, []);
    const entries = ['.', './testing', './file', './inline', './miniprogram', './package.json'];
    assert.deepEqual(Object.keys(analysis.entrypoints), entries);
    // Only browsers have WebRTC, and they do not require.
    const { problems } = await wrong('--entrypoints', 'webrtc', '--ignore-rules', 'cjs-resolves-to-esm');
    assert.deepEqual(
      problems.filter(({ kind }) => kind !== 'CJSResolvesToESM'),
      [],
    );
  });
});
