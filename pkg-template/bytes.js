// How hosts that take the wasm as bytes make an instance of it: browsers and Node.

// `read(source)` gives the bytes of the wasm: of the package's own file when `source` is undefined.
// A fresh instance is made from the compiled module, without reading again.
export const fromBytes = (read) => async (source, imports) => {
  if (typeof WebAssembly === 'undefined') throw new Error('this host has no WebAssembly');
  const isWasm = source instanceof WebAssembly.Module;
  const isBytes = source instanceof ArrayBuffer || ArrayBuffer.isView(source);
  const wasm = isWasm || isBytes ? source : await read(source);
  const result = await WebAssembly.instantiate(wasm, imports);
  const { exports } = result.instance ?? result;
  return { exports, source: result.module ?? wasm };
};
