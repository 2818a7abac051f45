// What the service and its sockets agree on.

export const PROTOCOL = 'wmpf-voip.v1';

/** The service closes with this when the session token has expired; it will not do again. */
export const TOKEN_EXPIRED = 1008;
