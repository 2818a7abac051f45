// The error classes and the explanations: what the package offers without loading its wasm.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';

import { freshModule } from '../../support/module.mjs';
import { PKG } from '../../support/paths.mjs';

const BACKEND = [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 14, 15, 17, 19, 20, 22, 23, 24];
const PLUGIN = [1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1011];
const JOIN = [2000, 2001, 2002, 2003, 2004, 2005, 2006, 2007, 2008, 2009, 2010, 2100, 2102, 2103, 2104];

describe('explain', () => {
  const { explain } = freshModule();

  for (const [raisedBy, codes] of Object.entries({ backend: BACKEND, plugin: PLUGIN, join: JOIN })) {
    it(`knows every code of the ${raisedBy} in both languages`, () => {
      for (const errCode of codes) {
        const en = explain(errCode);
        assert.deepEqual(Object.keys(en), ['errCode', 'name', 'raisedBy', 'meaning', 'cause', 'remedy']);
        assert.deepEqual([en.errCode, en.raisedBy], [errCode, raisedBy]);
        assert.match(en.name, /^[A-Z]\w+$/);
        assert.deepEqual(explain(errCode, 'en'), en);
        const zh = explain(errCode, 'zh');
        assert.deepEqual([zh.errCode, zh.name, zh.raisedBy], [errCode, en.name, raisedBy]);
        for (const part of ['meaning', 'cause', 'remedy']) {
          assert.doesNotMatch(en[part], /\p{Script=Han}/u);
          assert.match(zh[part], /\p{Script=Han}/u);
        }
      }
    });
  }

  it('gives every code a name of its own', () => {
    const names = [...BACKEND, ...PLUGIN, ...JOIN].map((errCode) => explain(errCode).name);
    assert.equal(new Set(names).size, names.length);
  });

  it('gives nothing for what is no code', () => {
    for (const unknown of [0, -1, 6, 10, 99, 1009, 2101, 9999, 1.5, NaN, undefined, null, '']) {
      assert.equal(explain(unknown), undefined, String(unknown));
    }
    for (const key of ['toString', '__proto__', 'constructor']) assert.equal(explain(key), undefined);
    assert.equal(explain(20, 'fr'), undefined);
  });

  it('gives an object that may be changed', () => {
    explain(20).meaning = 'changed';
    assert.notEqual(explain(20).meaning, 'changed');
  });
});

describe('explainAbort', () => {
  const { explainAbort } = freshModule();

  const DOCUMENTED = [
    'room status is abort',
    'listener waitOtherToJoin timeout',
    'listener join timeout',
    'call interrupted due to native reason',
    'in comming call',
    'call interrupted due to close passive float ball',
  ];

  for (const errMsg of DOCUMENTED) {
    it(`says in both languages what it means: ${errMsg}`, () => {
      assert.match(explainAbort(errMsg), /^[A-Z][^\p{Script=Han}]+$/u);
      assert.equal(explainAbort(errMsg, 'en'), explainAbort(errMsg));
      assert.match(explainAbort(errMsg, 'zh'), /\p{Script=Han}/u);
    });
  }

  it('says nothing of what a host has made up', () => {
    for (const unknown of ['', 'gone', undefined, null, 20, 'toString', '__proto__']) {
      assert.equal(explainAbort(unknown), undefined, String(unknown));
    }
    assert.equal(explainAbort('room status is abort', 'fr'), undefined);
  });
});

describe('the wasm', () => {
  it('has no Chinese text, which a call does not need', async () => {
    const wasm = await readFile(join(PKG, 'wmpf_voip_bg.wasm'));
    const words = await import(pathToFileURL(join(PKG, 'generated/words.js')));
    const texts = words.PHRASES.map((text) => /\p{Script=Han}{2,}/u.exec(text)?.[0]).filter(Boolean);
    assert.ok(texts.length > 30, `${texts.length} texts`);
    for (const text of texts) assert.ok(!wasm.includes(text), text);
  });
});

describe('the error classes', () => {
  const { VoipError, VoipCgiError, VoipPluginError, VoipJoinError } = freshModule();

  for (const Class of [VoipError, VoipCgiError, VoipPluginError, VoipJoinError]) {
    it(`has ${Class.name}, a real class`, () => {
      const cause = new Error('why');
      const more = Class === VoipJoinError ? ['extra', 3] : [];
      const error = new Class(1002, 'api:fail reason', ...more, 5, cause);
      assert.ok(error instanceof Error && error instanceof VoipError && error instanceof Class);
      assert.equal(error.name, Class.name);
      assert.equal(error.message, 'api:fail reason');
      assert.equal(error.errMsg, 'api:fail reason');
      assert.equal(error.errCode, 1002);
      assert.equal(error.errno, 5);
      assert.equal(error.cause, cause);
      assert.equal(String(error), `${Class.name}: api:fail reason`);
      assert.match(error.stack, /explain\.test\.mjs/);
      if (Class === VoipJoinError) assert.deepEqual([error.extErrMsg, error.errType], ['extra', 3]);
      assert.ok(new (class extends Class {})(1, 'm') instanceof Class);
    });
  }

  it('leaves out errno and cause where there are none', () => {
    const error = new VoipError(5, 'm');
    assert.deepEqual([Object.hasOwn(error, 'errno'), Object.hasOwn(error, 'cause')], [false, false]);
  });
});
