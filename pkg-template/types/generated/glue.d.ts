import type { Glue } from '../wasm.js';

export function createGlue(): Glue;
