// How long a fresh Node process needs from `import` to the first request sent, beside sip.js.

import { measureInFreshProcesses } from './in-fresh-processes.mjs';

export function measureFirstRequest() {
  measureInFreshProcesses('import to first request', {
    'wmpf-voip': ['first/wmpf-voip.mjs'],
    'sip.js': ['first/sip.mjs'],
  });
}
