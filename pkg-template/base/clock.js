// The time in milliseconds. It does not follow changes of the wall clock, if the host has such a clock; else it is the
// wall clock's.

export const clock = () => (typeof performance === 'undefined' ? Date.now() : performance.now());
