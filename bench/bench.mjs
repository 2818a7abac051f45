// Run by `cargo xtask bench`.

import { measureCalls } from './calls.mjs';
import { measureFirstCall } from './first-call.mjs';
import { measureFirstRequest } from './first-request.mjs';
import { measureIdle } from './idle.mjs';
import { measureRinging } from './ringing.mjs';
import { measureSizes } from './sizes.mjs';

measureSizes();
measureFirstRequest();
measureFirstCall();
await measureCalls();
await measureRinging();
await measureIdle();
