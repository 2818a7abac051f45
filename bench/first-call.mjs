// How long a mini-program's host needs to load the entry until a call can be made, and until the first one has sent its
// request, beside the bare wasm: its file read, decompressed, compiled and instantiated.

import { measureInFreshProcesses } from './in-fresh-processes.mjs';

export function measureFirstCall() {
  measureInFreshProcesses('the first call in a mini-program', {
    'until its request': ['first/miniprogram.mjs', 'request'],
    'until it can be made': ['first/miniprogram.mjs', 'ready'],
    'the bare wasm': ['first/miniprogram.mjs', 'wasm'],
  });
}
