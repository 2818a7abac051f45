// The wx of this host: the one that configure was given, else the platform's, if there is one.

export const hostWx = (options) => options.wx ?? (typeof wx === 'undefined' ? undefined : wx);
