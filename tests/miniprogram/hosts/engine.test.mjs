// The hosts of these tests lack what they are said to lack, and notice what is done to them: without that, nothing
// that runs on them proves anything.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { parse } from 'acorn';

import { DIST } from './code-package.mjs';
import { createHost } from './host.mjs';
import { globalsOf, PROFILES } from './profiles.mjs';

const ABSENT = [
  'AbortController',
  'SharedArrayBuffer',
  'TextDecoder',
  'TextEncoder',
  'URL',
  'WebAssembly',
  'crypto',
  'fetch',
  'performance',
  'process',
  'queueMicrotask',
  'require',
  'structuredClone',
];

describe('the entry is written in', () => {
  const parsed = (source) => parse(source, { ecmaVersion: 2017, sourceType: 'script' });

  for (const name of ['index.js', 'surface.js', 'explain.js']) {
    it(`the syntax of ES2017: ${name}`, async () => {
      const { body, end } = parsed(await readFile(join(DIST, name), 'utf8'));
      assert.ok(body.length > 0 && end > 5_000, `${end} characters`);
    });
  }

  for (const later of ['a?.b', 'a ?? b', 'a ??= b', 'try {} catch {}', '({ ...a })', 'class A { b = 1 }', '1n']) {
    it(`which does not have ${later}`, () => {
      assert.throws(() => parsed(later), SyntaxError);
    });
  }
});

for (const profile of PROFILES) {
  describe(profile.name, () => {
    const { globals } = globalsOf(profile);
    const host = createHost(globals, profile.engine);
    const typeOf = (name) => host.load('type.js', `module.exports = typeof ${name};`);

    it('lacks what mini-programs lack, and what its engine lacks', () => {
      const { absent, shadowed = [] } = profile.engine;
      for (const name of [...ABSENT, ...absent, ...shadowed]) assert.equal(typeOf(name), 'undefined', name);
    });

    it('makes no code from strings', () => {
      assert.throws(() => host.evaluate("new Function('return 1')"), { name: 'EvalError' });
    });

    it('is left as it was by loading the package', () => {
      assert.deepEqual(host.changed(), []);
    });

    if (profile.engine.promise) {
      it('has a Promise that is none of its own or of the host', () => {
        const [own, global] = ['(async () => {})() instanceof Promise', 'Promise.resolve() instanceof Promise'];
        assert.deepEqual([own, global].map(host.evaluate), [false, true]);
      });
    }

    it('notices what is done to it', () => {
      host.evaluate('var leaked = 1; String.prototype.added = 1; JSON.parse = () => {}; delete Math.max;');
      assert.deepEqual(host.changed().sort(), [
        '.JSON.parse',
        '.JSON.parse.length',
        '.JSON.parse.name',
        '.Math.max',
        '.Math.max.length',
        '.Math.max.name',
        '.String.prototype.added',
        '.leaked',
      ]);
    });
  });
}
