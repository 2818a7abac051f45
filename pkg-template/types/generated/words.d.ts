export const PHRASES: string[];
export const SEPARATOR: string;
export const BREAKS: Record<string, { en: string; zh: string }>;
