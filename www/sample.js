// biome-ignore-all lint/correctness/noUnusedVariables: the sample names an error that it does not look at

// The sample code of the documentation, with a request's values in its object literal. Everything
// around the literal is the document's own text, to the letter: what runs here is what a mini-program has.

/**
 * What runs, and what is shown as its source: the literal stands in the place of `request` there. A text cannot be run,
 * because the service's policy for its pages forbids it.
 *
 * @param {(name: string) => { default: any }} requirePlugin
 * @param {any} wx
 * @param {object} request
 */
// biome-ignore format: the document has it so
async function sample(requirePlugin, wx, request) {
const wmpfVoip = requirePlugin('wmpf-voip').default

try {
  const { isSuccess } = await wmpfVoip.initByCaller(request)

  if (isSuccess /* && 当前不在插件页面 */) {
    wx.redirectTo({
      url: wmpfVoip.CALL_PAGE_PATH,
    })
  } else {
    wx.showToast({
      title: '呼叫失败',
      icon: 'error',
    })
  }
} catch (e) {
  wx.showToast({
    title: '呼叫失败',
    icon: 'error',
  })
}
}

/** The source before and after the literal. */
const [BEFORE, AFTER] = String(sample)
  .replace(/^.*\n/, '')
  .replace(/\n}$/, '')
  .split(/(?<=initByCaller\()request/);

/** @type {Record<string, string | undefined>} */
const COMMENTS = { miniprogramState: ' // 开发阶段建议使用开发版' };

/**
 * The code in three parts, so that the page can cover the token's value where it shows the code.
 * @param {object} request
 * @returns {Array<{ text: string, secret: boolean }>}
 */
export function sampleParts(request) {
  const parts = [{ text: BEFORE, secret: false }];
  /** @param {string} text */
  const say = (text, secret = false) => parts.push({ text, secret });
  say('{\n');
  for (const [key, value] of Object.entries(request)) {
    say(`    ${key}: `);
    if (typeof value === 'object') {
      say('{\n');
      for (const [inner, leaf] of Object.entries(value)) say(`      ${inner}: ${literal(leaf)},\n`);
      say('    },');
    } else {
      say(literal(value), key === 'voipToken');
      say(',');
    }
    say(`${COMMENTS[key] ?? ''}\n`);
  }
  say('  }');
  say(AFTER);
  return parts;
}

/**
 * Runs the code that `sampleParts` shows. A mini-program has `requirePlugin` and `wx` as globals; here they are arguments.
 * @param {object} request
 * @param {(name: string) => { default: object }} requirePlugin
 * @param {object} wx
 * @returns {Promise<void>}
 */
export const runSample = (request, requirePlugin, wx) => sample(requirePlugin, wx, request);

/**
 * A value as JavaScript source; strings in single quotes, as the sample has them.
 *
 * @param {unknown} value
 */
function literal(value) {
  if (typeof value !== 'string') return String(value);
  const inner = JSON.stringify(value).slice(1, -1);
  return `'${inner.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
