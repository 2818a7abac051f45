// Runs in the shell of JavaScriptCore, iOS's engine: a host of mini-programs made of what it has, whose wx.request is
// whoever reads this shell's output and writes to its input.
(async ([entry, explanations, wasm, scenario, addresses, polyfill]) => {
  const { WebAssembly, setTimeout } = globalThis;
  const paths = [];
  // The shell's own timers cannot be cleared.
  const cleared = new Set();
  let timers = 0;
  globalThis.setTimeout = (callback, ms, ...values) => {
    const timer = ++timers;
    setTimeout(() => cleared.has(timer) || callback(...values), ms);
    return timer;
  };
  globalThis.clearTimeout = (timer) => cleared.add(timer);
  globalThis.WXWebAssembly = {
    instantiate(path, imports) {
      paths.push(path);
      return WebAssembly.instantiate(readFile(wasm, 'binary'), imports);
    },
  };
  globalThis.wx = {
    request({ success, fail, ...options }) {
      print(JSON.stringify({ request: options }));
      const { answer, error } = JSON.parse(readline());
      // A host that gets no answer is given up by the module, whose timer is due by now.
      if (answer) success(answer);
      else if (error) fail(error);
    },
  };
  // biome-ignore lint/security/noGlobalEval: this shell has no modules.
  if (polyfill) globalThis.Promise = eval(readFile(polyfill));
  delete globalThis.WebAssembly;
  delete globalThis.SharedArrayBuffer;

  const load = (path, scope = {}) => {
    const module = { exports: {} };
    const names = Object.keys(scope);
    new Function('module', 'exports', ...names, readFile(path))(
      module,
      module.exports,
      ...names.map((name) => scope[name]),
    );
    return module.exports;
  };
  const before = new Set(Object.getOwnPropertyNames(globalThis));
  const module = load(entry, { require: () => load(explanations) });
  const called = [...paths];
  const sideEffects = () => ({
    called,
    added: Object.getOwnPropertyNames(globalThis).filter((name) => !before.has(name)),
  });
  const { runScenario } = load(scenario, { sideEffects });
  const report = await runScenario(module, JSON.parse(addresses));
  print(JSON.stringify({ report, paths }));
  // biome-ignore lint/complexity/noArguments: the shell's own, outside of every function.
})(arguments)
  .catch((error) => print(JSON.stringify({ failed: `${error}\n${error.stack}` })))
  // Without waiting for the timers.
  .then(quit);
