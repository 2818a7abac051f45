// Milliseconds that no setting of the clock moves, where the host has them; else the wall clock's.

export const clock = () => (typeof performance === 'undefined' ? Date.now() : performance.now());
