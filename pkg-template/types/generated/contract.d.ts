import type { RequestApi } from '../core.js';

export const CALL_PAGE_PATH: string;
export const IDEMPOTENCY_KEY_HEADER: string;
export const DEFAULT_TIMEOUT_MS: number;
export const MAX_TIMEOUT_MS: number;
export const CONNECTION_LOST: string;
export const CALLS_PATH: string;
export const MAX_OPENIDS: number;
export const FIELDS: Record<RequestApi | 'answer', string[]>;
