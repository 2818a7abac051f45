// Every entry has what its declarations say. Those of Node are in node-entries.ts, and that of mini-programs says it itself.

import * as browser from '../browser.js';
import type * as declared from '../index.js';
import * as inline from '../inline.js';
import * as workerd from '../workerd.js';

browser satisfies typeof declared;
inline satisfies typeof declared;
workerd satisfies typeof declared;
