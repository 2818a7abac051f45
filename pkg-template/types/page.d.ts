// What the demo page imports under names that only browsers resolve. For the type checker only.

/** A copy of the package that is loaded anew. */
declare module '*?without-wasm' {
  export * from 'wmpf-voip';
}
