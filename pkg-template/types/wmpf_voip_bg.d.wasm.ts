// As workerd imports it: compiled.
declare const wasm: WebAssembly.Module;
export default wasm;
