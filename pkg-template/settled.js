// Waiting for a host, which may call back at once, twice or never.

// Settles once: with what `start` is done with or fails with, with undefined when the time is over, with null
// when the signal is aborted. What `start` returns gives up what it began.
export function settled(timeout, signal, start) {
  return new Promise((resolve, reject) => {
    let isStopped = false;
    let giveUp;
    const quietly = (end) => {
      try {
        end?.();
      } catch {
        // The host or the signal cannot do it, and is not waited for.
      }
    };
    const finish = (settle, value) => {
      settle(value);
      clearTimeout(timer);
      quietly(() => signal?.removeEventListener('abort', onAbort));
    };
    const stop = (value) => {
      isStopped = true;
      finish(resolve, value);
      quietly(giveUp);
    };
    const onAbort = () => stop(null);
    const timer = setTimeout(stop, timeout, undefined);
    try {
      signal?.addEventListener('abort', onAbort);
      if (signal?.aborted) stop(null);
      if (isStopped) return;
      giveUp = start(
        (value) => finish(resolve, value),
        (error) => finish(reject, error),
      );
      // It was stopped while it began.
      if (isStopped) quietly(giveUp);
    } catch (error) {
      finish(reject, error);
    }
  });
}
