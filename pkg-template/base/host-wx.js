/** @import { Options, WxLike } from '../index.js' */

/**
 * The `wx` of this host: the one that configure was given, or else the platform's; undefined if there is none.
 *
 * @type {(options: Options) => WxLike | undefined}
 */
export const hostWx = (options) => options.wx ?? (typeof wx === 'undefined' ? undefined : wx);
