// The documented codes that the package raises by itself.

export const REQUEST_FAILED = 1002;
export const BAD_ANSWER = 1003;
export const PARAMETER = 1004;
export const BUSY = 1005;
export const INTERRUPTED = 1008;
export const UNSUPPORTED = 1011;
