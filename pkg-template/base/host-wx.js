// The `wx` of this host: the one that configure was given, or else the platform's; undefined if there is none.

export const hostWx = (options) => options.wx ?? (typeof wx === 'undefined' ? undefined : wx);
