// Imports one entry of the package in a process of its own: node quiet.mjs <import|require|context> <entry>.
// It prints what the entry exports, and what the import has done to its host: the globals that it read, those that it
// added, and what keeps the process from ending. Whatever a host adds to the language throws when it is read.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';

const [how, entry] = process.argv.slice(2);
const { getActiveResourcesInfo } = process;
const { log } = console;
const require = createRequire(import.meta.url);

const LOADERS = {
  import: () => import(entry.startsWith('/') ? pathToFileURL(entry) : entry),
  require: async () => require(entry),
  context: inContext,
};

const language = new Set(vm.runInNewContext('Object.getOwnPropertyNames(globalThis)'));
for (const name of ['WebAssembly', 'console']) language.delete(name);

const read = [];
for (const name of Object.getOwnPropertyNames(globalThis)) {
  if (language.has(name)) continue;
  const get = () => {
    read.push(name);
    throw new ReferenceError(`${name} is not defined`);
  };
  Object.defineProperty(globalThis, name, { get, configurable: true });
}
const before = Object.getOwnPropertyNames(globalThis);
const idle = getActiveResourcesInfo();
const names = Object.keys(await LOADERS[how]()).sort();
const added = Object.getOwnPropertyNames(globalThis).filter((name) => !before.includes(name));
const left = getActiveResourcesInfo().slice(idle.length);
log(JSON.stringify({ names, read, added, left }));

/** A context that has the language alone. */
async function inContext() {
  const context = vm.createContext(Object.create(null));
  vm.runInContext('delete globalThis.WebAssembly; delete globalThis.console;', context);
  const modules = new Map();
  const load = (path) => {
    if (!modules.has(path)) {
      modules.set(path, new vm.SourceTextModule(readFileSync(path, 'utf8'), { context, identifier: path }));
    }
    return modules.get(path);
  };
  const module = load(entry);
  await module.link((specifier, { identifier }) => load(createRequire(identifier).resolve(specifier)));
  await module.evaluate();
  return module.namespace;
}
