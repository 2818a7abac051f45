// How long a mini-program's host needs from loading the entry to the first request sent, beside the bare wasm: its file
// read, decompressed, compiled and instantiated.

import { measureInFreshProcesses } from './in-fresh-processes.mjs';

export function measureFirstCall() {
  measureInFreshProcesses("a mini-program's entry to first request", {
    'wmpf-voip/miniprogram': ['first/miniprogram.mjs', 'entry'],
    'the bare wasm': ['first/miniprogram.mjs', 'wasm'],
  });
}
