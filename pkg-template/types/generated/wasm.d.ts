export const BASE64: string;
