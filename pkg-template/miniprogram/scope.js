// What the generated glue takes from the global scope and mini-programs do not have, or have otherwise. Put in its
// place when the entry for mini-programs is bundled; nothing outside of the bundle sees it.

// The glue keeps its view of the memory until the view's length is 0, which it is when the memory has grown. On iOS it
// may stay what it was. A view that says 0 from the start is made anew each time, and so never stale.
class MemoryBytes {
  /** @param {ArrayBuffer} buffer */
  constructor(buffer) {
    // biome-ignore lint/correctness/noConstructorReturn: the glue makes its view by `new`.
    return Object.defineProperty(new Uint8Array(buffer), 'byteLength', { value: 0 });
  }
}
export { MemoryBytes as Uint8Array };
