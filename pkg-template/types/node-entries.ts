// Node's entries have what their declarations say.

import type * as declared from '../index.js';
import required from '../node.cjs';
import * as imported from '../node.mjs';

required satisfies typeof declared;
imported satisfies typeof declared;
