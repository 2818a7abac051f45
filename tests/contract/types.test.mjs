// The declarations of the installed package, compiled the ways in which users compile.

import '../support/rejections.mjs';

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execPath } from 'node:process';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';

import { readGuides } from '../support/guides.mjs';
import { PKG, ROOT } from '../support/paths.mjs';
import { createProject } from '../support/tarball.mjs';
import { temporaryDirectory } from '../support/temporary.mjs';

const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
// WeChat's own types. They are named as a file because the project in which the compiler runs has no other package.
const MINIPROGRAM = join(ROOT, 'node_modules/miniprogram-api-typings/index.d.ts');
const NODENEXT = ['--module', 'nodenext', '--moduleResolution', 'nodenext'];
const BUNDLER = ['--module', 'esnext', '--moduleResolution', 'bundler'];
const STRICT = ['--strict', '--exactOptionalPropertyTypes'];
// Such a compiler does not tell a failure from a success by isSuccess.
const LOOSE = ['--strict', 'false'];
// A mini-program's logic layer has no DOM.
const HEADLESS = ['--lib', 'es2022'];
const DOM = ['--lib', 'es2022,dom'];

describe('the types of the packed package', { timeout: 180_000 }, () => {
  let project;
  before(async () => {
    project = await createProject(join(ROOT, 'tests/contract/types'));
    // What is a module is said by the file's name: .mts imports, .cts requires.
    for (const name of ['sample', 'refused', 'testing', 'results']) {
      await copyFile(join(project.path, `${name}.ts`), join(project.path, `${name}.mts`));
    }
  });
  after(() => project?.remove());

  /** What the compiler says; nothing where all is well. */
  const compile = (files, ...flags) => {
    const strictness = flags.includes('--strict') ? [] : STRICT;
    const args = [TSC, '--noEmit', ...strictness, '--types', '', '--target', 'es2022', ...flags, ...files];
    return project.run(args).catch((error) => error.stdout || String(error));
  };

  for (const [name, files, ...flags] of [
    ['imported in Node, without the DOM', ['sample.mts', 'refused.mts', 'testing.mts'], NODENEXT, HEADLESS],
    ['imported in Node, whatever is looked at of a result', ['results.mts'], NODENEXT, HEADLESS],
    ['imported in Node, without strict', ['sample.mts', 'results.mts', 'testing.mts'], NODENEXT, HEADLESS, LOOSE],
    ['required in Node', ['required.cts'], NODENEXT, HEADLESS],
    ['required in Node, without strict', ['required.cts'], NODENEXT, HEADLESS, LOOSE],
    ['bundled, without the DOM', ['sample.ts', 'refused.ts', 'testing.ts'], BUNDLER, HEADLESS],
    ['compiled for a mini-program', ['miniprogram.ts', MINIPROGRAM], BUNDLER, HEADLESS],
    ['compiled for a mini-program, without strict', ['miniprogram.ts', MINIPROGRAM], BUNDLER, HEADLESS, LOOSE],
    ['bundled for a page', ['sample.ts', 'refused.ts', 'testing.ts', 'dom.ts', 'webrtc.ts'], BUNDLER, DOM],
  ]) {
    it(`compile: ${name}`, async () => {
      assert.equal(await compile(files, ...flags.flat()), '');
    });
  }

  it("compile in the guides' example, and know its result", async () => {
    const { files } = await readGuides();
    const compiled = async (name, code, flags = STRICT) => {
      await writeFile(join(project.path, name), code);
      return compile([name], ...NODENEXT, ...HEADLESS, ...flags);
    };
    const example = files.get('ring.ts');
    assert.equal(await compiled('guide.mts', example), '');
    assert.equal(await compiled('guide.mts', example, LOOSE), '');
    const misspelt = example.replace('result.errMsg', 'result.errMsgs');
    assert.match(
      await compiled('misspelt.mts', misspelt),
      /^misspelt\.mts\(\d+,\d+\): error TS\d+: Property 'errMsgs' does not exist/,
    );
  });

  it('are really looked at', async () => {
    // Without types every expectation of an error would be in vain, and be told.
    await writeFile(join(project.path, 'wrong.mts'), "import { nothing } from 'wmpf-voip';\n");
    const said = await compile(['wrong.mts'], ...NODENEXT, ...HEADLESS);
    assert.match(said, /wrong\.mts\(1,10\): error TS\d+: Module '"wmpf-voip"' has no exported member 'nothing'/);
  });
});

describe('the modules that the build generates', { timeout: 60_000 }, () => {
  // `cargo xtask lint` knows of them only what is declared.
  it('have the types by which the package is checked', async () => {
    const directory = await temporaryDirectory();
    try {
      const files = await readdir(join(PKG, 'generated'));
      assert.deepEqual(
        files.toSorted(),
        (await readdir(join(ROOT, 'pkg-template/types/generated')))
          .map((name) => name.replace('.d.ts', '.js'))
          .toSorted(),
      );
      const lines = files.flatMap((file) => {
        const name = basename(file, '.js');
        const declared = join(ROOT, 'pkg-template/types/generated', file);
        return [
          `import * as ${name} from ${JSON.stringify(join(PKG, 'generated', file))};`,
          `${name} satisfies typeof import(${JSON.stringify(declared)});`,
        ];
      });
      const made = join(directory.path, 'generated.ts');
      await writeFile(made, lines.join('\n'));
      const flags = ['--ignoreConfig', '--noEmit', '--allowJs', '--strict', '--types', '', ...BUNDLER];
      const said = await promisify(execFile)(execPath, [TSC, ...flags, made]).catch(({ stdout }) => ({ stdout }));
      assert.equal(said.stdout, '');
    } finally {
      await directory.remove();
    }
  });
});
