// What of a browser tells that its user comes and goes, in this process.

/**
 * Puts a window and a document in place. `listeners` counts what listens to them.
 * @returns {{ readonly listeners: number, tell(event: string): void, see(state: 'visible' | 'hidden'): void, remove(): void }}
 */
export function fakeBrowser() {
  let listeners = 0;
  const target = () => {
    const events = new EventTarget();
    return {
      addEventListener(...values) {
        listeners += 1;
        events.addEventListener(...values);
      },
      removeEventListener(...values) {
        listeners -= 1;
        events.removeEventListener(...values);
      },
      dispatch: (name) => events.dispatchEvent(new Event(name)),
    };
  };
  const window = target();
  const document = { ...target(), visibilityState: 'visible' };
  const { addEventListener, removeEventListener } = window;
  Object.assign(globalThis, { addEventListener, removeEventListener, document });
  return {
    get listeners() {
      return listeners;
    },
    tell: (event) => window.dispatch(event),
    see(state) {
      document.visibilityState = state;
      document.dispatch('visibilitychange');
    },
    remove() {
      for (const name of ['addEventListener', 'removeEventListener', 'document']) delete globalThis[name];
    },
  };
}

/** What of a wx does. */
export function fakeAppEvents() {
  const listeners = new Map();
  const wx = {};
  for (const name of ['AppShow', 'AppHide', 'NetworkStatusChange']) {
    listeners.set(name, new Set());
    wx[`on${name}`] = (listener) => void listeners.get(name).add(listener);
    wx[`off${name}`] = (listener) => void listeners.get(name).delete(listener);
  }
  return {
    wx,
    get listeners() {
      return [...listeners.values()].reduce((sum, { size }) => sum + size, 0);
    },
    tell(name, value) {
      for (const listener of [...listeners.get(name)]) listener(value);
    },
  };
}
