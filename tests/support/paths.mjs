// Where the tests find what they test. `cargo xtask test` builds all of it and says where it is; the
// defaults are the same places, so that one file can be run by hand: `node --test tests/package/….mjs`.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { env, platform } from 'node:process';
import { fileURLToPath } from 'node:url';

const EXE = platform === 'win32' ? '.exe' : '';

/** The repository. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The package as it is published. */
export const PKG = join(ROOT, 'pkg');

/** A tarball of it that is to be tested in place of one that the tests pack: `cargo xtask package` says so. */
export const TARBALL = env.WMPF_VOIP_TARBALL;

/** The room service's program. */
export const SERVER = env.WMPF_VOIP_SERVER ?? join(ROOT, `target/debug/wmpf-voip-server${EXE}`);

/** What the service serves: the demo page, the package and the stylesheet beside it. */
export const SITE = env.WMPF_VOIP_SITE ?? join(ROOT, 'target/site');

/** Screenshots for people to look at. */
export const ARTIFACTS = join(ROOT, 'target/artifacts');

/** The browser's program. */
export const CHROMIUM = env.WMPF_VOIP_CHROMIUM ?? findChromium();

function findChromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];
  for (const directory of (env.PATH ?? '').split(delimiter)) {
    for (const name of names) {
      const path = join(directory, name + EXE);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not this one.
      }
    }
  }
  return undefined;
}
