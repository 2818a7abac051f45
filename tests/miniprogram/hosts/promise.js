// The Promise of a mini-program on iOS up to 15: a polyfill whose callbacks run in timers. A promise of the host, or
// of an async function, is none of these.
(() => {
  // biome-ignore lint/suspicious/noShadowRestrictedNames: it is the Promise of a host that has another one.
  class Promise {
    constructor(executor) {
      this.state = 'pending';
      this.waiting = [];
      const settle = (state) => (value) => {
        if (this.state !== 'pending') return;
        this.state = state;
        this.value = value;
        for (const run of this.waiting) setTimeout(run, 0);
      };
      const reject = settle('rejected');
      const fulfil = settle('fulfilled');
      let isResolved = false;
      const once = (run) => (value) => {
        if (isResolved) return;
        isResolved = true;
        run(value);
      };
      const resolve = (value) => {
        if (value === this) return reject(new TypeError('a promise cannot be resolved with itself'));
        if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return fulfil(value);
        let settled = false;
        const first = (run) => (value) => {
          if (settled) return;
          settled = true;
          run(value);
        };
        try {
          const { then } = value;
          if (typeof then !== 'function') return fulfil(value);
          setTimeout(() => {
            try {
              then.call(value, first(resolve), first(reject));
            } catch (error) {
              first(reject)(error);
            }
          }, 0);
        } catch (error) {
          reject(error);
        }
      };
      try {
        executor(once(resolve), once(reject));
      } catch (error) {
        once(reject)(error);
      }
    }

    then(onFulfilled, onRejected) {
      return new Promise((resolve, reject) => {
        const run = () => {
          const isFulfilled = this.state === 'fulfilled';
          const callback = isFulfilled ? onFulfilled : onRejected;
          if (typeof callback !== 'function') return (isFulfilled ? resolve : reject)(this.value);
          try {
            resolve(callback(this.value));
          } catch (error) {
            reject(error);
          }
        };
        if (this.state === 'pending') this.waiting.push(run);
        else setTimeout(run, 0);
      });
    }

    catch(onRejected) {
      return this.then(undefined, onRejected);
    }

    static resolve(value) {
      return value instanceof Promise ? value : new Promise((resolve) => resolve(value));
    }

    static reject(error) {
      return new Promise((_, reject) => reject(error));
    }
  }
  return Promise;
})();
