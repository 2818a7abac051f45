// Runs before the package is imported: from here on, what an import does to its host is seen.

// The consumers' own two.
globalThis.run = undefined;
globalThis.sideEffects = undefined;

// Names only: Node's own fetch notes itself under a symbol when it is first called.
const globals = new Set(Object.getOwnPropertyNames(globalThis));
const seen = [];

for (const [object, name] of [
  [globalThis, 'fetch'],
  [globalThis, 'setTimeout'],
  [WebAssembly, 'instantiate'],
  [WebAssembly, 'compile'],
]) {
  const original = object[name];
  object[name] = function (...args) {
    seen.push(name);
    return original.apply(this, args);
  };
}

/** What has happened since: which of these functions were called, which globals were added. */
globalThis.sideEffects = () => ({
  called: [...seen],
  added: Object.getOwnPropertyNames(globalThis).filter((name) => !globals.has(name)),
});
