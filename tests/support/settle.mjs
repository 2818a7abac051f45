/** Promises settle; where timers are mocked they do not run by themselves. */
export async function settle() {
  for (let i = 0; i < 30; i += 1) await undefined;
}
