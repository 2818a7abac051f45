// A mini-program's logic layer: a context that has the globals of one host and nothing else, in which code is not
// made from strings, and files are CommonJS.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, Script } from 'node:vm';

import { DIST } from './code-package.mjs';

/** What Node's engine has and mini-programs do not: where theirs is called WebAssembly, too, it takes paths. */
const NEVER = ['WebAssembly', 'SharedArrayBuffer', 'Atomics'];

/** What a module of WeChat's does not see, so that it does not find a browser. */
const SHADOWED = ['window', 'document', 'self', 'frames', 'location', 'navigator', 'global'];

/**
 * @typedef {object} Host
 * @property {object} module what the package's entry exports
 * @property {(expression: string) => any} evaluate
 * @property {(name: string, source: string, scope?: object) => any} load the exports of a CommonJS file
 * @property {() => string[]} changed which globals, or parts of them, are not what they were before the package was loaded
 */

/**
 * @param {object} globals what the host adds to the language
 * @param {{ absent?: string[], shadowed?: string[], promise?: string }} [engine] what its engine does not have yet,
 * what its modules do not see, and the source of its Promise
 * @returns {Host}
 */
export function createHost(globals, { absent = [], shadowed = [], promise } = {}) {
  const context = createContext(
    { setTimeout, clearTimeout, ...globals },
    { codeGeneration: { strings: false, wasm: false } },
  );
  const evaluate = (expression) => new Script(expression).runInContext(context);
  const scope = evaluate('this');
  if (promise) scope.Promise = evaluate(promise);
  const never = NEVER.filter((name) => !Object.hasOwn(globals, name));
  for (const path of [...never, ...absent]) evaluate(`delete ${path}`);

  function load(name, source, added = {}) {
    const hidden = [...SHADOWED, ...shadowed].filter((name) => !Object.hasOwn(added, name));
    const names = ['module', 'exports', ...hidden, ...Object.keys(added)];
    const wrapped = new Script(`(function (${names.join(', ')}) {${source}\n})`, { filename: name });
    const module = evaluate('({ exports: {} })');
    const values = [...hidden.map(() => undefined), ...Object.values(added)];
    wrapped.runInContext(context)(module, module.exports, ...values);
    return module.exports;
  }

  const before = everything(scope);
  const changed = () => differences(before, everything(scope));
  const ofPackage = (name, added) => load(`wmpf-voip/${name}`, readFileSync(join(DIST, name), 'utf8'), added);
  const module = ofPackage('index.js', { require: (id) => ofPackage(id.replace('./', '')) });
  return { module, evaluate, load, changed };
}

/** Every property of everything that is reached from an object, by its path. */
function everything(root) {
  const found = new Map();
  const seen = new Set();
  const visit = (path, object) => {
    if (seen.has(object)) return;
    seen.add(object);
    for (const key of Reflect.ownKeys(object)) {
      const { value, get, set } = Reflect.getOwnPropertyDescriptor(object, key);
      const name = `${path}.${String(key)}`;
      found.set(name, [value, get, set]);
      for (const part of [value, get, set]) if (Object(part) === part) visit(name, part);
    }
  };
  visit('', root);
  return found;
}

function differences(before, after) {
  const isSame = (path) => {
    const [one, another] = [before.get(path), after.get(path)];
    return one !== undefined && another !== undefined && one.every((part, i) => Object.is(part, another[i]));
  };
  return [...new Set([...before.keys(), ...after.keys()])].filter((path) => !isSame(path));
}
