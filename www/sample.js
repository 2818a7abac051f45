// The sample code of the documentation, with a request's values in its object literal. Everything
// around the literal is the document's own text, to the letter: what runs here is what a mini-program has.

const BEFORE = `const wmpfVoip = requirePlugin('wmpf-voip').default

try {
  const { isSuccess } = await wmpfVoip.initByCaller(`;

const AFTER = `)

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
}`;

/** @type {Record<string, string | undefined>} */
const COMMENTS = { miniprogramState: ' // 开发阶段建议使用开发版' };

const AsyncFunction = /** @type {FunctionConstructor} */ ((async () => {}).constructor);

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
 * Runs exactly the text of `sampleParts`. A mini-program has `requirePlugin` and `wx` as globals; here they are arguments.
 * @param {object} request
 * @param {(name: string) => { default: object }} requirePlugin
 * @param {object} wx
 * @returns {Promise<void>}
 */
export function runSample(request, requirePlugin, wx) {
  const code = sampleParts(request)
    .map((part) => part.text)
    .join('');
  return new AsyncFunction('requirePlugin', 'wx', code)(requirePlugin, wx);
}

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
