// Run by `cargo xtask bench`.

import { measureCalls } from './calls.mjs';

await measureCalls();
