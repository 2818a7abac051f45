// What a request holds at the time of the call, for as long as the wasm that reads it is not there.

import { FIELDS } from '../generated/contract.js';

// Reads each documented property once, in the order of the table. What is no object stays what it is,
// and a getter that throws throws again when the wasm reads it.
export function snapshot(value, prefix = '') {
  if (!isObject(value)) return value;
  const taken = {};
  for (const path of FIELDS) {
    const name = path.slice(prefix.length);
    if (!path.startsWith(prefix) || name.includes('.')) continue;
    try {
      taken[name] = snapshot(value[name], `${path}.`);
    } catch (error) {
      Object.defineProperty(taken, name, {
        get() {
          throw error;
        },
      });
    }
  }
  return taken;
}

function isObject(value) {
  try {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    // A revoked proxy, which the wasm describes.
    return false;
  }
}
