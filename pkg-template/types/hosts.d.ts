// What hosts have that no library of the type checker knows. For the type checker only; the package does not have this file.

/** The platform of a mini-program. Elsewhere it is missing. */
declare const wx: import('../index.js').WxLike;

/** The hosts' names of what loads wasm by a path in the code package. */
declare const WXWebAssembly: import('./wasm.js').PathWebAssembly;
declare const TTWebAssembly: import('./wasm.js').PathWebAssembly;
declare const MYWebAssembly: import('./wasm.js').PathWebAssembly;
