// Installs the package in the directory that it is given, as a user does: the build runs it, for the tests.

import { install } from './tarball.mjs';

await install(process.argv[2]);
