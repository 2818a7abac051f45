// TextEncoder and TextDecoder as far as the generated glue uses them. Put in their place when the entry for
// mini-programs is bundled; nothing outside of the bundle sees them.

const REPLACEMENT = 0xfffd;

// More arguments than an engine's stack has room for are an error.
const UNITS_AT_ONCE = 4096;

export class TextEncoder {
  /**
   * A lone surrogate becomes U+FFFD, as it does everywhere.
   *
   * @param {string} text
   */
  encode(text) {
    const bytes = new Uint8Array(text.length * 3);
    let length = 0;
    for (let i = 0; i < text.length; i++) {
      // It is there: `i` is less than the length.
      let code = /** @type {number} */ (text.codePointAt(i));
      if (code > 0xffff) i++;
      else if (code >= 0xd800 && code <= 0xdfff) code = REPLACEMENT;
      if (code < 0x80) {
        bytes[length++] = code;
        continue;
      }
      if (code < 0x800) {
        bytes[length++] = 0xc0 | (code >> 6);
      } else {
        if (code < 0x10000) {
          bytes[length++] = 0xe0 | (code >> 12);
        } else {
          bytes[length++] = 0xf0 | (code >> 18);
          bytes[length++] = 0x80 | ((code >> 12) & 0x3f);
        }
        bytes[length++] = 0x80 | ((code >> 6) & 0x3f);
      }
      bytes[length++] = 0x80 | (code & 0x3f);
    }
    return bytes.subarray(0, length);
  }
}

export class TextDecoder {
  /**
   * The bytes are those of a Rust string, so they are valid.
   *
   * @param {ArrayLike<number>} [bytes]
   */
  decode(bytes = []) {
    let text = '';
    let units = [];
    for (let i = 0; i < bytes.length; ) {
      const first = bytes[i++];
      const next = () => bytes[i++] & 0x3f;
      let code = first;
      if (first >= 0xf0) code = ((first & 7) << 18) | (next() << 12) | (next() << 6) | next();
      else if (first >= 0xe0) code = ((first & 15) << 12) | (next() << 6) | next();
      else if (first >= 0xc0) code = ((first & 31) << 6) | next();
      if (code > 0xffff) {
        code -= 0x10000;
        units.push(0xd800 | (code >> 10));
        code = 0xdc00 | (code & 0x3ff);
      }
      units.push(code);
      if (units.length >= UNITS_AT_ONCE) {
        text += String.fromCharCode(...units);
        units = [];
      }
    }
    return text + String.fromCharCode(...units);
  }
}
