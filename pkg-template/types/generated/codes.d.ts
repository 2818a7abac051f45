interface Words {
  meaning: string;
  cause: string;
  remedy: string;
}

export const CODES: Record<string, { name: string; raisedBy: string; en: Words; zh: Words } | undefined>;
