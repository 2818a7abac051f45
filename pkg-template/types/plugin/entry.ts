// What requirePlugin gives has all that the package has.

import type * as declared from '../../index.js';
import * as plugin from '../../plugin/plugin/index.js';

plugin satisfies typeof declared;
