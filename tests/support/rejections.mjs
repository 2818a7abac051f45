// Importing this file makes every unhandled rejection fail the run.
//
// node:test blames a rejection on the test that caused it, but only while that test runs: one that comes
// later is a line of its output and changes nothing. A promise that the package forgot to handle is
// such a late one, so the file that saw it ends with a failure of its own.

let lost = 0;

/** How many promises nobody has handled so far. */
export const lostRejections = () => lost;

process.on('unhandledRejection', (reason) => {
  lost += 1;
  // The reason may be anything, a proxy that throws among them.
  process.stderr.write(`unhandled rejection: ${reason instanceof Error ? reason.stack : typeof reason}\n`);
});

process.on('exit', () => {
  if (lost > 0) process.exitCode = 1;
});
