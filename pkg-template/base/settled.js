// Waiting for a host, which may call back at once, twice or never.

// Settles once: with what `start` is done with or fails with, with undefined when the time is over, with null
// when it is stopped. What `start` returns gives up what it began.
export function settled(timeout, stop, start) {
  return new Promise((resolve, reject) => {
    let isOver = false;
    let giveUp;
    const finish = (settle, value) => {
      settle(value);
      clearTimeout(timer);
      stop?.heard.delete(onStop);
    };
    const end = (value) => {
      isOver = true;
      finish(resolve, value);
      quietly(giveUp);
    };
    const onStop = () => end(null);
    const timer = setTimeout(end, timeout, undefined);
    if (stop?.isStopped) return onStop();
    stop?.heard.add(onStop);
    try {
      giveUp = start(
        (value) => finish(resolve, value),
        (error) => finish(reject, error),
      );
      // It was stopped while it began.
      if (isOver) quietly(giveUp);
    } catch (error) {
      finish(reject, error);
    }
  });
}

// The host cannot do it, and is not waited for.
export function quietly(end) {
  try {
    end?.();
  } catch {
    // Nobody could do anything with that.
  }
}
