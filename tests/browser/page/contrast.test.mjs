// What is chosen, on, pressed or focused can be told from what is not, and read, in the light and in the dark: 4.5 to 1
// for text, 3 to 1 for what only shows a state (WCAG 2.2, 1.4.3 and 1.4.11).

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { connect, screenshot, startDemo } from './demo-page.mjs';

const TEXT = 4.5;
const STATE = 3;

/**
 * Runs in a document, which a locator gives it first: looks at its states, each by the colours that are really drawn.
 * @returns {Array<{ what: string, ratio: number, least: number }>} the contrasts that there are
 */
function contrasts(_, { TEXT, STATE }) {
  const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  /** Red, green, blue and opacity of any colour that CSS can write. */
  const read = (color) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
    return { r, g, b, a: a / 255 };
  };
  const over = (top, below) => {
    const mix = (name) => top[name] * top.a + below[name] * (1 - top.a);
    return { r: mix('r'), g: mix('g'), b: mix('b'), a: 1 };
  };
  /** What is behind the text of an element. */
  const ground = (node) => {
    if (!node)
      return read(getComputedStyle(document.documentElement).colorScheme.includes('dark') ? '#121212' : '#fff');
    return over(read(getComputedStyle(node).backgroundColor), ground(node.parentElement));
  };
  const luminance = ({ r, g, b }) => {
    const [R, G, B] = [r, g, b].map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * R + 0.7152 * G + 0.0722 * B;
  };
  const ratio = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const found = [];
  const note = (what, value, least) => found.push({ what, ratio: Math.round(value * 100) / 100, least });
  const ink = (node) => over(read(getComputedStyle(node).color), ground(node));
  // What is inert is dimmed, or lies under a call.
  const isShown = (node) => node.checkVisibility({ visibilityProperty: true }) && !node.closest('[inert]');
  const nameOf = (node) => `${node.id || node.className || node.tagName} “${node.textContent.trim().slice(0, 20)}”`;

  for (const node of document.querySelectorAll('[aria-pressed]')) {
    if (!isShown(node)) continue;
    note(`the text of ${nameOf(node)}`, ratio(ink(node), ground(node)), TEXT);
    if (node.getAttribute('aria-pressed') === 'true') {
      note(`${nameOf(node)}, pressed`, ratio(ground(node), ground(node.parentElement)), STATE);
      const other = node.parentElement.querySelector('[aria-pressed="false"]');
      if (other) note(`${nameOf(node)}, and one that is not`, ratio(ground(node), ground(other)), STATE);
    }
  }
  for (const node of document.querySelectorAll(
    '.row__state, .connection, .field__problem, .weui-btn_primary, .row__got strong',
  )) {
    if (isShown(node) && node.textContent) note(`the text of ${nameOf(node)}`, ratio(ink(node), ground(node)), TEXT);
  }
  for (const node of document.querySelectorAll('.step_bad .step__note')) {
    note(`the text of ${nameOf(node)}`, ratio(ink(node), ground(node)), TEXT);
    note(
      `the line of ${nameOf(node)}`,
      ratio(read(getComputedStyle(node).borderTopColor), ground(node.parentElement)),
      STATE,
    );
  }
  for (const node of document.querySelectorAll('.round')) {
    if (!isShown(node)) continue;
    const icon = node.querySelector('svg');
    const circle = over(read(getComputedStyle(icon).backgroundColor), ground(node));
    note(`the icon of ${node.dataset.action}`, ratio(read(getComputedStyle(icon).fill), circle), STATE);
    note(`the text of ${node.dataset.action}`, ratio(ink(node), ground(node)), TEXT);
    if (node.dataset.off === 'true') {
      const on = over(read('rgba(255, 255, 255, 0.16)'), ground(node));
      note(`${node.dataset.action}, off`, ratio(circle, on), STATE);
    }
  }
  // The keyboard is somewhere.
  for (const node of document.querySelectorAll('button, input, a[href], summary, [tabindex="0"]')) {
    if (!isShown(node)) continue;
    node.focus({ preventScroll: true, focusVisible: true });
    // What is disabled takes none, and after a click of the mouse a focus by a script is not always shown.
    if (!node.matches(':focus-visible')) continue;
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(node);
    if (outlineStyle === 'none' || parseFloat(outlineWidth) === 0)
      note(`the focus of ${nameOf(node)}: no outline`, 0, STATE);
    else note(`the focus of ${nameOf(node)}`, ratio(read(outlineColor), ground(node.parentElement)), STATE);
  }
  document.activeElement.blur();
  return found;
}

describe('each state of the demo page can be seen', { timeout: 180_000 }, () => {
  let demo;
  before(async () => {
    demo = await startDemo();
  });
  after(() => demo?.stop());

  for (const colorScheme of ['light', 'dark']) {
    it(`in a ${colorScheme} theme`, async () => {
      const { page, problems, device, phone, close } = await demo.open({
        colorScheme,
        viewport: { width: 1280, height: 900 },
      });
      const roots = {
        page: page.locator('html'),
        device: device.frame.locator('html'),
        phone: phone.frame.locator('html'),
      };
      const assertSeen = async (when, wanted) => {
        let count = 0;
        for (const [name, root] of Object.entries(roots)) {
          const found = await root.evaluate(contrasts, { TEXT, STATE });
          const faint = found.filter(({ ratio, least }) => ratio < least).map(({ what, ratio }) => `${what}: ${ratio}`);
          assert.deepEqual(faint, [], `the ${name} ${when}`);
          assert.ok(
            found.some(({ what }) => what.startsWith('the focus of')),
            `the focus in the ${name} ${when}`,
          );
          count += found.filter(({ what }) => wanted.test(what)).length;
        }
        assert.ok(count > 0, `${wanted} ${when}`);
      };

      for (const language of ['中文', 'English']) {
        await page.getByRole('button', { name: language, exact: true }).click();
        await assertSeen(`in ${language}`, new RegExp(`${language}”, and one that is not`));
      }
      await screenshot(page, `states-${colorScheme}`);
      await device.testPicture.click();
      await assertSeen('with the test picture', /test-picture .* pressed/);
      await device.testPicture.click();
      await device.fill('listener.id', '');
      await device.fill('caller.cameraStatus', '5');
      await device.frame.locator('[id="caller.cameraStatus-problem"]', { hasText: 'got 5' }).waitFor();
      await device.call.click();
      await device.errorCode.waitFor();
      const row = page.getByTestId('gallery').locator('[data-code="20"]');
      await row.getByRole('button').click();
      await row.and(page.locator('[data-state="ok"]')).waitFor();
      await assertSeen('with failures', /step|failed/);
      await device.frame.locator('#reset').click();

      await device.call.click();
      await phone.incoming.waitFor();
      await assertSeen('while it rings', /icon of answer/);
      await phone.action('hangUp').click();
      for (const handset of [device, phone]) {
        await handset.ending();
        await handset.action('close').click();
      }
      await connect(device, phone);
      await device.action('mute').click();
      await device.action('camera').click();
      await device.frame.locator('[data-action="camera"][data-off="true"]').waitFor();
      await assertSeen('in a call', /camera, off/);
      await phone.action('hangUp').click();
      await device.ending();
      assert.deepEqual(problems, []);
      await close();
    });
  }
});
