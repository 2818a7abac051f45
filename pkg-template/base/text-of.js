// The text of a foreign error.
export function textOf(error) {
  try {
    return String(error?.errMsg ?? error?.message ?? error);
  } catch {
    return 'it gave no reason';
  }
}
