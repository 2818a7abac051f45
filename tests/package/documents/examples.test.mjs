// The examples of the documents: each is run as it stands there, against the real service, and prints what the
// document says.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { ADMIN_KEY, DOCUMENTED, anyRoom, examplesOf, inShell, ofTurn, withoutShell } from '../../support/examples.mjs';
import { startService } from '../../support/service.mjs';
import { createProject } from '../../support/tarball.mjs';

/** The examples of a document, which are those of its twin. */
async function examplesOfBoth(document, language) {
  const examples = await examplesOf(`${document}.md`, language);
  assert.deepEqual(await examplesOf(`${document}.zh-CN.md`, language), examples, document);
  return examples;
}

describe('the examples', { timeout: 120_000 }, () => {
  let service;
  let project;
  before(async () => {
    const starting = startService({ adminKey: ADMIN_KEY });
    [service, project] = await Promise.all([starting, createProject()]);
  });
  after(() => Promise.all([service?.stop(), project?.remove()]));

  const here = (code) => code.replaceAll(DOCUMENTED, service.endpoint);
  const save = ({ name, code }) => writeFile(join(project.path, name), here(code));
  const run = ({ name }) => project.run([name]);

  it('of docs/initByCaller.md print what stands there', async () => {
    const examples = await examplesOfBoth('docs/initByCaller', 'js');
    assert.ok(examples.length > 5, 'there are some');
    await Promise.all(examples.map(save));
    for (const example of examples) {
      assert.equal(anyRoom(await run(example)), example.printed, example.name);
    }
  });

  it('of docs/package.md make a call', async () => {
    const [example, ...more] = await examplesOfBoth('docs/package', 'js');
    assert.deepEqual(more, []);
    await save(example);
    assert.match(await run(example), /isSuccess: true/);
  });

  it('of docs/demo.md are the same in both languages', async () => {
    const examples = await examplesOfBoth('docs/demo', 'sh');
    assert.equal(examples.filter(({ code }) => code.includes('"$auth"')).length, 2);
  });

  it('of docs/service.md, and of docs/operate.md for TURN, print what stands there', {
    skip: withoutShell,
  }, async () => {
    const ofService = await examplesOfBoth('docs/service', 'sh');
    assert.ok(ofService.length > 5, 'there are some');
    const ofOperator = (await examplesOf('docs/operate.md', 'sh')).filter(ofTurn);
    assert.equal(ofOperator.length, 1);
    assert.deepEqual((await examplesOf('docs/operate.zh-CN.md', 'sh')).filter(ofTurn), ofOperator);
    const examples = [...ofService, ...ofOperator];
    const where = { endpoint: service.endpoint, cwd: project.path };
    const printed = await inShell(
      examples.map(({ code }) => code),
      where,
    );
    for (const [index, example] of examples.entries()) {
      assert.equal(printed[index], example.printed, example.code);
    }
  });
});
