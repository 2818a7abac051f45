// A mini-program's `require`: files of its directory, each run once, and the packages that npm was built for.

import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/**
 * @param {import('./host.mjs').Host} host
 * @param {string} root
 * @param {object} [options]
 * @param {object} [options.scope] what its files see besides
 * @param {Record<string, string>} [options.aliases] `resolveAlias` of its app.json
 * @returns {(id: string) => any} from the root of its code
 */
export function requireOf(host, root, { scope, aliases = {} } = {}) {
  /** A path, an alias of one, a helper of the compiler at the root, or a package. */
  function fileOf(directory, id) {
    const alias = Object.keys(aliases).find((alias) => id.startsWith(alias.slice(0, -1)));
    const path = alias ? aliases[alias].slice(0, -1) + id.slice(alias.length - 1) : id;
    const name = path.endsWith('.js') ? path : `${path}.js`;
    if (path.startsWith('.')) return posix.join(directory, name);
    return existsSync(join(root, name)) ? posix.join('/', name) : posix.join('/miniprogram_npm', path, 'index.js');
  }

  const loaded = new Map();
  const from = (directory) => (id) => {
    const name = fileOf(directory, id);
    if (!loaded.has(name)) {
      const source = readFileSync(join(root, name), 'utf8');
      loaded.set(name, host.load(name, source, { ...scope, require: from(posix.dirname(name)) }));
    }
    return loaded.get(name);
  };
  return from('/');
}
